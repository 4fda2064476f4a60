package io.promptferry.batcher.assemble;

import io.promptferry.runtime.service.Backoff;
import io.promptferry.runtime.service.Part;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a topology as a part of a service; a thread of it that dies is replaced after a pause. */
final class StreamsPart implements Part, StreamsUncaughtExceptionHandler {

  private static final Logger LOG = LoggerFactory.getLogger(StreamsPart.class);
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(20);

  /** Deaths further apart than this are not in a row. */
  private static final Duration ROW = Duration.ofMinutes(1);

  private final String name;
  private final KafkaStreams streams;
  private final int restarts;
  private final Clock clock;
  private final CountDownLatch stop = new CountDownLatch(1);
  private int deaths;
  private Instant lastDeath = Instant.EPOCH;
  private volatile @Nullable String failure;

  StreamsPart(
      String name, Topology topology, Map<String, Object> settings, int restarts, Clock clock) {
    this.name = name;
    this.restarts = restarts;
    this.clock = clock;
    var properties = new Properties();
    properties.putAll(settings);
    this.streams = new KafkaStreams(topology, properties);
    streams.setUncaughtExceptionHandler(this);
  }

  @Override
  public synchronized StreamThreadExceptionResponse handle(Throwable exception) {
    Instant now = clock.instant();
    deaths = now.isBefore(lastDeath.plus(ROW)) ? deaths + 1 : 1;
    lastDeath = now;
    if (deaths >= restarts) {
      failure =
          "%s failed %d times in a row (restart.max.attempts), the last time with: %s"
              .formatted(name, deaths, exception.getMessage());
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    LOG.warn("a thread of {} died, time {} in a row, and is replaced", name, deaths, exception);
    Duration pause = Backoff.QUICK.after(deaths, ThreadLocalRandom.current().nextDouble());
    try {
      return stop.await(pause.toMillis(), TimeUnit.MILLISECONDS)
          ? StreamThreadExceptionResponse.SHUTDOWN_CLIENT
          : StreamThreadExceptionResponse.REPLACE_THREAD;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void start() {
    streams.start();
  }

  @Override
  public boolean ready() {
    return streams.state() == KafkaStreams.State.RUNNING;
  }

  @Override
  public boolean alive() {
    return failure == null && streams.state() != KafkaStreams.State.ERROR;
  }

  @Override
  public Optional<String> failure() {
    if (failure == null && streams.state() == KafkaStreams.State.ERROR) {
      return Optional.of(name + " ended in an error; the log says which");
    }
    return Optional.ofNullable(failure);
  }

  @Override
  public void close() {
    stop.countDown();
    if (!streams.close(CLOSE_WAIT)) {
      LOG.warn("{} did not end within {}", name, CLOSE_WAIT);
    }
  }
}
