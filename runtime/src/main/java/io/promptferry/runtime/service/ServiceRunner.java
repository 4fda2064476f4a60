package io.promptferry.runtime.service;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.promptferry.runtime.config.ConfigLoader;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.metrics.Label;
import io.promptferry.runtime.metrics.Metric;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one service from its configuration to its last commit. */
public final class ServiceRunner {

  public static final int STOPPED = 0;
  public static final int FAILED = 1;
  public static final int MISCONFIGURED = 2;

  private static final Logger LOG = LoggerFactory.getLogger(ServiceRunner.class);
  private static final Metric READY =
      Metric.gauge(
          "promptferry.part.ready",
          "1 while a part of the service does its work, connected and assigned; 0 while it does not",
          Label.of("part", "slice, assemble, submit, capacity, sweep; poll; collect, collect-dlq"));
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Pattern LINE_BREAK = Pattern.compile("\\s*\\R\\s*");

  private final Service service;
  private final Clock clock;
  private final PrintStream err;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Object startLock = new Object();
  private @Nullable Thread starting;

  /**
   * @param err where the one line goes that says why a service did not start, or why it ended
   */
  public ServiceRunner(Service service, Clock clock, PrintStream err) {
    this.service = service;
    this.clock = clock;
    this.err = err;
  }

  /**
   * Runs until {@link #stop()} or a failure.
   *
   * @return the exit code: {@link #STOPPED}, {@link #FAILED} or {@link #MISCONFIGURED}
   */
  public int run(@Nullable Path file, Map<String, String> environment) {
    try {
      return run(ConfigLoader.load(service.config(), file, environment));
    } catch (ConfigException e) {
      return complain(MISCONFIGURED, e.getMessage());
    } catch (StartupException e) {
      return complain(FAILED, e.getMessage());
    } catch (RuntimeException e) {
      if (stop.getCount() == 0) {
        LOG.info("{} was stopped while it started", service.name());
        return STOPPED;
      }
      if (!(e instanceof KafkaException)) {
        LOG.error("{} cannot run", service.name(), e);
      }
      return complain(FAILED, reason(e));
    } finally {
      ended.countDown();
    }
  }

  /** Asks the service to end and waits until it has. */
  public void stop() {
    stop.countDown();
    synchronized (startLock) {
      if (starting != null) {
        // Waits for Kafka or the registry, which may take longer than the platform's patience.
        starting.interrupt();
      }
    }
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int run(ServiceConfig config) {
    LOG.info("{} is configured with {}", service.name(), config.redacted());
    var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    var parts = new CopyOnWriteArrayList<Part>();
    try (var gc = new JvmGcMetrics();
        var status =
            new StatusServer(
                config.getString(ServiceConfig.HTTP_HOST),
                config.getInt(ServiceConfig.HTTP_PORT),
                metrics,
                Collections.unmodifiableList(parts))) {
      gc.bindTo(metrics);
      new JvmMemoryMetrics().bindTo(metrics);
      new JvmThreadMetrics().bindTo(metrics);
      new ProcessorMetrics().bindTo(metrics);
      parts.addAll(start(new Service.Context(config, metrics, clock)));
      parts.forEach(part -> READY.gaugeIn(metrics, part, p -> p.ready() ? 1 : 0, part.name()));
      parts.forEach(Part::start);
      LOG.info("{} runs; status on port {}", service.name(), status.port());
      Optional<String> failure = awaitEnd(parts);
      if (failure.isPresent()) {
        return complain(FAILED, failure.get());
      }
      LOG.info("{} stops", service.name());
      return STOPPED;
    } finally {
      closeAll(parts);
    }
  }

  private List<Part> start(Service.Context context) {
    synchronized (startLock) {
      starting = Thread.currentThread();
    }
    try {
      return service.parts(context);
    } finally {
      synchronized (startLock) {
        starting = null;
      }
    }
  }

  private Optional<String> awaitEnd(List<Part> parts) {
    try {
      while (!stop.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        for (Part part : parts) {
          if (part.failure().isPresent()) {
            return part.failure();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }

  private static void closeAll(List<Part> parts) {
    for (int i = parts.size() - 1; i >= 0; i--) {
      try {
        parts.get(i).close();
      } catch (RuntimeException e) {
        LOG.warn("{} did not end cleanly", parts.get(i).name(), e);
      }
    }
  }

  /** With the cause, since "Failed to construct kafka consumer" helps nobody. */
  private static String reason(RuntimeException e) {
    String message = Objects.requireNonNullElse(e.getMessage(), e.toString());
    String cause = e.getCause() == null ? null : e.getCause().getMessage();
    return cause == null || message.contains(cause) ? message : message + " (" + cause + ")";
  }

  private int complain(int code, @Nullable String message) {
    String line =
        LINE_BREAK.matcher("promptferry " + service.name() + ": " + message).replaceAll(" ");
    LOG.error(line);
    err.println(line);
    return code;
  }
}
