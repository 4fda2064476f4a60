package io.promptferry.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.status.Status;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The line of a service's log in each format. */
class LogsTest {

  private static final Instant AT = Instant.parse("2026-01-31T23:59:58.765Z");

  private final LoggerContext context = new LoggerContext();

  @AfterEach
  void stop() {
    context.stop();
  }

  private void configure(String file) throws JoranException {
    context.setMDCAdapter(new LogbackMDCAdapter());
    var configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(Objects.requireNonNull(getClass().getResource(file)));
  }

  private Encoder<ILoggingEvent> encoder(Map<String, String> properties) throws JoranException {
    properties.forEach(context::putProperty);
    configure("/io/promptferry/local/service-logback.xml");
    assertThat(context.getStatusManager().getCopyOfStatusList())
        .as("logback would print them all")
        .allMatch(status -> status.getLevel() == Status.INFO);
    var appender =
        (ConsoleAppender<ILoggingEvent>)
            Objects.requireNonNull(context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("out"));
    return appender.getEncoder();
  }

  private String line(
      Encoder<ILoggingEvent> encoder, Map<String, String> about, @Nullable Throwable failure) {
    var event =
        new LoggingEvent(
            "", context.getLogger("io.promptferry.Any"), Level.WARN, "a \"{}\"", failure, null);
    event.setArgumentArray(new Object[] {"b\nc"});
    event.setThreadName("worker-batches-3");
    event.setInstant(AT);
    event.setMDCPropertyMap(about);
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }

  private static final Map<String, String> ABOUT =
      Map.of("batch", "b1", "job", "batches/1", "partition", "batches-3");

  @Test
  void textHasTheBatchAndTheJobWhereThereAreSuch() throws Exception {
    Encoder<ILoggingEvent> text = encoder(Map.of());
    String end = " a \"b\nc\"\n";

    assertThat(line(text, ABOUT, null))
        .endsWith(" WARN  [worker-batches-3] Any: [batch=b1 job=batches/1]" + end);
    assertThat(line(text, Map.of("batch", "b1"), null)).endsWith("] Any: [batch=b1]" + end);
    assertThat(line(text, Map.of(), null)).endsWith("] Any:" + end);
  }

  @Test
  void jsonIsOneObjectALine() throws Exception {
    Encoder<ILoggingEvent> json = encoder(Map.of(Logs.FORMAT, "json"));
    String line = line(json, ABOUT, new IllegalStateException("broken"));

    assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
    JsonNode object = new ObjectMapper().readTree(line);
    assertThat(object.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "time",
            "level",
            "logger",
            "thread",
            "message",
            "stack_trace",
            "batch",
            "job",
            "partition");
    assertThat(object.get("time").textValue()).isEqualTo("2026-01-31T23:59:58.765Z");
    assertThat(object.get("level").textValue()).isEqualTo("WARN");
    assertThat(object.get("logger").textValue()).isEqualTo("io.promptferry.Any");
    assertThat(object.get("thread").textValue()).isEqualTo("worker-batches-3");
    assertThat(object.get("message").textValue()).isEqualTo("a \"b\nc\"");
    assertThat(object.get("stack_trace").textValue())
        .startsWith("java.lang.IllegalStateException: broken\n\tat ");
    assertThat(object.get("batch").textValue()).isEqualTo("b1");
    assertThat(object.get("job").textValue()).isEqualTo("batches/1");
    assertThat(object.get("partition").textValue()).isEqualTo("batches-3");
    assertThat(new ObjectMapper().readTree(line(json, Map.of(), null)).fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("time", "level", "logger", "thread", "message");
  }

  @Test
  void theLevelIsThatOfAllButKafkasClients() throws Exception {
    encoder(Map.of(Logs.LEVEL, "DEBUG"));

    assertThat(context.getLogger("io.promptferry.Any").isDebugEnabled()).isTrue();
    assertThat(context.getLogger("org.apache.kafka.Any").isInfoEnabled()).isFalse();
    assertThat(context.getLogger("org.apache.kafka.Any").isWarnEnabled()).isTrue();
  }

  @Test
  void ofKafkasClientsAToolSaysWhatFailedItself() throws Exception {
    configure("/logback.xml");

    assertThat(context.getLogger("org.apache.kafka.Any").isErrorEnabled()).isFalse();
    assertThat(context.getLogger("io.promptferry.Any").isWarnEnabled()).isTrue();
  }
}
