package io.promptferry.runtime.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.runtime.ManualClock;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(30)
class ServiceRunnerTest {

  private final List<String> events = Collections.synchronizedList(new ArrayList<>());
  private final TestPart one = new TestPart("one", events);
  private final TestPart two = new TestPart("two", events);
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final ManualClock clock = new ManualClock();
  private Function<Service.Context, List<Part>> parts = context -> List.of(one, two);
  private final ServiceRunner runner =
      new ServiceRunner(
          new TestService(), clock, new PrintStream(err, true, StandardCharsets.UTF_8));

  private final class TestService implements Service {
    @Override
    public String name() {
      return "test";
    }

    @Override
    public ConfigDef config() {
      return ServiceConfig.define()
          .define("api.key", ConfigDef.Type.PASSWORD, "", ConfigDef.Importance.HIGH, "");
    }

    @Override
    public List<Part> parts(Context context) {
      return parts.apply(context);
    }
  }

  @Test
  void stopEndsWithZeroAndClosesInReverse() {
    CompletableFuture<Integer> code = runAside();
    await().until(() -> events.size() == 2);
    runner.stop();
    assertThat(events).containsExactly("start one", "start two", "close two", "close one");
    assertThat(code.join()).isEqualTo(ServiceRunner.STOPPED);
    assertThat(lines()).isEmpty();
    runner.stop();
    assertThat(events).hasSize(4);
  }

  @Test
  void tellsWhichPartsAreReady() {
    var metrics = new CompletableFuture<MeterRegistry>();
    parts =
        context -> {
          metrics.complete(context.metrics());
          return List.of(one, two);
        };
    one.ready = true;
    CompletableFuture<Integer> code = runAside();
    await().until(() -> events.size() == 2);
    assertThat(ready(metrics.join(), "one")).isEqualTo(1);
    assertThat(ready(metrics.join(), "two")).isZero();
    runner.stop();
    assertThat(code.join()).isEqualTo(ServiceRunner.STOPPED);
  }

  private static double ready(MeterRegistry metrics, String part) {
    return metrics.get("promptferry.part.ready").tag("part", part).gauge().value();
  }

  @Test
  void stopEndsAStartThatWaits() {
    var waiting = new CountDownLatch(1);
    parts =
        context -> {
          waiting.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            throw new KafkaException(e);
          }
          throw new AssertionError("nobody counts down");
        };
    CompletableFuture<Integer> code = runAside();
    await().until(() -> waiting.getCount() == 0);
    runner.stop();
    assertThat(code.join()).isEqualTo(ServiceRunner.STOPPED);
    assertThat(lines()).isEmpty();
  }

  @Test
  void aPartThatEndsForGoodEndsTheService() {
    CompletableFuture<Integer> code = runAside();
    await().until(() -> events.size() == 2);
    two.failure = "two failed 20 times";
    assertThat(code.join()).isEqualTo(ServiceRunner.FAILED);
    assertLine("promptferry test: two failed 20 times");
    assertThat(events).endsWith("close two", "close one");
  }

  @Test
  void onePartThatDoesNotCloseDoesNotKeepTheOthersOpen() {
    two.onClose = new IllegalStateException("stuck");
    CompletableFuture<Integer> code = runAside();
    await().until(() -> events.size() == 2);
    runner.stop();
    assertThat(code.join()).isEqualTo(ServiceRunner.STOPPED);
    assertThat(events).endsWith("close two", "close one");
  }

  @Test
  void aPartThatDoesNotStartClosesAll() {
    two.onStart = new StartupException("two cannot start: do this");
    assertThat(run(Map.of())).isEqualTo(ServiceRunner.FAILED);
    assertLine("promptferry test: two cannot start: do this");
    assertThat(events).containsExactly("start one", "start two", "close two", "close one");
  }

  @Test
  void aWrongConfigurationIsTwoAndOneLine() {
    assertThat(run(Map.of("PROMPTFERRY_HTTP_PROT", "1"))).isEqualTo(ServiceRunner.MISCONFIGURED);
    assertLine(
        "promptferry test: unknown configuration key 'http.prot'; the nearest known one is"
            + " 'http.port'");
    assertThat(events).isEmpty();
  }

  @Test
  void aPartMayRefuseTheConfiguration() {
    parts =
        context -> {
          throw new ConfigException("set one of a and b");
        };
    assertThat(run(Map.of())).isEqualTo(ServiceRunner.MISCONFIGURED);
    assertLine("promptferry test: set one of a and b");
  }

  @Test
  void aPortInUseIsOneAndOneLine() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      assertThat(run(Map.of("PROMPTFERRY_HTTP_PORT", port))).isEqualTo(ServiceRunner.FAILED);
      assertThat(lines())
          .singleElement()
          .asString()
          .endsWith("set http.port to a free port, http.host to an address of this machine");
    }
    assertThat(events).isEmpty();
  }

  @Test
  void whatIsMissingAtTheStartIsToldInOneLine() {
    parts =
        context -> {
          throw new StartupException("topics are missing: make them");
        };
    assertThat(run(Map.of())).isEqualTo(ServiceRunner.FAILED);
    assertLine("promptferry test: topics are missing: make them");
  }

  @Test
  void aClientThatCannotBeMadeIsToldWithItsReason() {
    // A host without its port.
    parts =
        context -> {
          new KafkaClients(context.config()).admin().close();
          return List.of();
        };
    assertThat(run(Map.of("PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS", "localhost")))
        .isEqualTo(ServiceRunner.FAILED);
    assertThat(lines()).singleElement().asString().contains("bootstrap.servers");
  }

  @Test
  void messagesOfSeveralLinesBecomeOne() {
    parts =
        context -> {
          throw new KafkaException("no luck\n at [Source: x]\r\n  more");
        };
    assertThat(run(Map.of())).isEqualTo(ServiceRunner.FAILED);
    assertLine("promptferry test: no luck at [Source: x] more");
  }

  @Test
  void whatNobodyExpectedIsOneLineToo() {
    parts =
        context -> {
          throw new IllegalStateException();
        };
    assertThat(run(Map.of())).isEqualTo(ServiceRunner.FAILED);
    assertLine("promptferry test: java.lang.IllegalStateException");
    runner.stop();
  }

  @Test
  void partsAreMadeFromTheContext() {
    var seen = new ArrayList<Service.Context>();
    parts =
        context -> {
          seen.add(context);
          return List.of(one);
        };
    CompletableFuture<Integer> code = runAside();
    await().until(() -> events.size() == 1);
    runner.stop();
    assertThat(code.join()).isEqualTo(ServiceRunner.STOPPED);
    Service.Context context = seen.get(0);
    assertThat(context.clock()).isSameAs(clock);
    assertThat(context.limits().timeout()).hasMinutes(5);
    assertThat(context.limits().restarts()).isEqualTo(20);
    assertThat(context.metrics().find("jvm.memory.used").gauges()).isNotEmpty();
    assertThat(context.metrics().find("jvm.threads.live").gauges()).isNotEmpty();
  }

  @Test
  void theConfigurationIsLoggedWithoutSecrets() {
    var log = (Logger) LoggerFactory.getLogger(ServiceRunner.class);
    var appender = new ListAppender<ILoggingEvent>();
    appender.start();
    Level before = log.getLevel();
    log.setLevel(Level.INFO);
    log.addAppender(appender);
    try {
      parts =
          context -> {
            throw new StartupException("enough");
          };
      run(Map.of("PROMPTFERRY_API_KEY", "s3cret"));
    } finally {
      log.detachAppender(appender);
      log.setLevel(before);
    }
    assertThat(appender.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anySatisfy(
            message -> assertThat(message).contains("api.key=[hidden]").contains("http.port=0"))
        .noneSatisfy(message -> assertThat(message).contains("s3cret"));
  }

  private CompletableFuture<Integer> runAside() {
    return CompletableFuture.supplyAsync(() -> run(Map.of()));
  }

  private int run(Map<String, String> more) {
    var environment =
        new HashMap<>(
            Map.of(
                "PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1",
                "PROMPTFERRY_SCHEMA_REGISTRY_URL", "http://127.0.0.1:1",
                "PROMPTFERRY_HTTP_HOST", "127.0.0.1",
                "PROMPTFERRY_HTTP_PORT", "0"));
    environment.putAll(more);
    return runner.run(null, environment);
  }

  private List<String> lines() {
    return err.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private void assertLine(String line) {
    assertThat(lines()).containsExactly(line);
  }
}
