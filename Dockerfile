# promptferry: every service in one image; the argument says which. The first line builds the jars that go in:
#
#   ./promptferry --version
#   docker build -t promptferry .
#   docker run promptferry batcher
#
# For the legacy builder too: no mounts, no heredocs.

# docs/image.md has the rest.

# --- which classes of the libraries the services load ---
FROM eclipse-temurin:25-jre AS training
COPY local/target/app/lib /promptferry/lib
COPY local/target/app/*.jar /promptferry/app/
# Each service is started against a broker that is not there: by the time it gives up it has loaded its clients, and
# no network is needed. The classes of our own jars are left out, so that the archive stays the same when they change.
ENV PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:1 PROMPTFERRY_SCHEMA_REGISTRY_URL=http://127.0.0.1:1 \
    PROMPTFERRY_GEMINI_API_KEY=none PROMPTFERRY_STARTUP_TIMEOUT_MS=3000
RUN cd /tmp && for service in batcher poller collector health; do \
      java -XX:DumpLoadedClassList=$service.list -cp "/promptferry/lib/*:/promptferry/app/*" \
        io.promptferry.local.Promptferry $service > $service.log 2>&1 || true; \
    done && \
    cat *.list | grep -v -e '^#' -e '^@' -e 'io/promptferry' -e 'source:' | cut -d ' ' -f 1 | LC_ALL=C sort -u > /classes && \
    wc -l /classes

FROM eclipse-temurin:25-jre AS archive
COPY local/target/app/lib /promptferry/lib
COPY --from=training /classes /classes
# An archive is good for every class path that begins with its own: ours come last.
RUN libraries=$(find /promptferry/lib -name '*.jar' | LC_ALL=C sort | paste -s -d :) && \
    java -Xshare:dump -Xlog:disable --enable-native-access=ALL-UNNAMED -XX:SharedClassListFile=/classes -XX:SharedArchiveFile=/promptferry/lib.jsa \
      -cp "$libraries" && \
    printf '%s\n' \
      '# The heap is a part of the container: the rest is for state, buffers and spools in the page cache.' \
      '-XX:MaxRAMPercentage=50' \
      '-XX:+ExitOnOutOfMemoryError' \
      '--enable-native-access=ALL-UNNAMED' '--sun-misc-unsafe-memory-access=allow' \
      '-XX:SharedArchiveFile=/promptferry/lib.jsa' \
      "-cp $libraries:/promptferry/app/*" > /promptferry/options

FROM eclipse-temurin:25-jre
# For people who exec into a container, and for health checks; the services do not need the shell.
RUN printf '#!/bin/sh\nexec java -XX:TieredStopAtLevel=1 @/promptferry/options io.promptferry.local.Promptferry "$@"\n' \
      > /usr/local/bin/promptferry && chmod 755 /usr/local/bin/promptferry && \
    mkdir /var/lib/promptferry && chown 10001:10001 /var/lib/promptferry
# From what changes seldom to what changes with every commit.
COPY local/target/app/lib /promptferry/lib
COPY --from=archive /promptferry/lib.jsa /promptferry/options /promptferry/
COPY LICENSE local/target/bom.json /promptferry/
COPY local/target/app/*.jar /promptferry/app/
# Nobody's in /etc/passwd; a number, so that a platform can see that it is not root.
USER 10001:10001
WORKDIR /tmp
EXPOSE 8080
# No shell in between: SIGTERM goes to the service, which ends in order.
ENTRYPOINT ["java", "@/promptferry/options", "io.promptferry.local.Promptferry"]
CMD ["--help"]
