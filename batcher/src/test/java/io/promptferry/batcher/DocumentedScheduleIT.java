package io.promptferry.batcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.lane.LanePolicies;
import io.promptferry.batcher.lane.Schedule;
import io.promptferry.records.Lane;
import io.promptferry.records.LaneKind;
import io.promptferry.runtime.config.ConfigLoader;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.service.Part;
import io.promptferry.runtime.service.Service;
import io.promptferry.runtime.service.StartupException;
import io.promptferry.schemas.TopicAdmin;
import io.promptferry.schemas.Topics;
import io.promptferry.stack.Broker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The batcher starts on topics as they are made, with the schedules of docs/batcher.md copied into
 * its properties file as they stand there.
 */
class DocumentedScheduleIT {

  private static final Path PAGE = Path.of("..", "docs", "batcher.md");
  private static final Pattern SECTION =
      Pattern.compile("## Only at certain times\n(.*?)\n##", Pattern.DOTALL);
  private static final Pattern BLOCK = Pattern.compile("```\n(.*?)```", Pattern.DOTALL);

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // JUnit sets them before the first test.
  private static Broker broker;

  @SuppressWarnings("NullAway.Init")
  private static RegistryStub registry;

  @BeforeAll
  static void startBroker() throws IOException {
    broker = Broker.start(folder.resolve("broker"));
    registry = new RegistryStub();
    try (Admin admin = new KafkaClients(config("")).admin()) {
      new TopicAdmin(admin, Duration.ofSeconds(20)).create(new Topics("").specs(1, 1));
    }
  }

  @AfterAll
  static void stopBroker() {
    registry.close();
    broker.close();
  }

  private static List<String> blocks(String key) throws IOException {
    return SECTION
        .matcher(Files.readString(PAGE))
        .results()
        .flatMap(section -> BLOCK.matcher(section.group(1)).results())
        .map((MatchResult block) -> block.group(1))
        .filter(block -> block.startsWith(key))
        .toList();
  }

  static List<String> examples() throws IOException {
    return blocks("batch.schedule.cron=");
  }

  private static ServiceConfig config(String schedule) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("batcher.properties"),
            """
            kafka.bootstrap.servers=%s
            schema.registry.url=%s
            state.dir=%s
            submit.spool.dir=%s
            gemini.api.key=none
            %s"""
                .formatted(
                    broker.bootstrapServers(),
                    registry.url(),
                    folder.resolve("state"),
                    folder.resolve("spool"),
                    schedule));
    return ConfigLoader.load(new BatcherService().config(), file, Map.of());
  }

  /** What the runner of services does first, with a file and no variables. */
  private static List<Part> start(String schedule) throws IOException {
    return new BatcherService()
        .parts(new Service.Context(config(schedule), new SimpleMeterRegistry(), Clock.systemUTC()));
  }

  @Test
  void thePageHasAMomentAndAWindow() throws IOException {
    assertThat(examples())
        .hasSize(2)
        .anySatisfy(example -> assertThat(example).doesNotContain("batch.schedule.open.ms"))
        .anySatisfy(example -> assertThat(example).contains("batch.schedule.open.ms"));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void theBatcherStartsWithIt(String example) throws IOException {
    List<Part> parts = start(example);
    parts.forEach(Part::close);
    assertThat(parts).extracting(Part::name).contains("slice", "assemble", "submit");
  }

  @Test
  void whatIsTriedAgainIsExemptAsThePageSays() throws IOException {
    assertThat(blocks("lane.overrides=")).hasSize(1);
    LanePolicies policies =
        LanePolicies.from(config(examples().get(0) + blocks("lane.overrides=").get(0)));
    for (LaneKind kind : LaneKind.values()) {
      Schedule schedule = policies.of(new Lane("m", "default", kind, Map.of())).schedule();
      assertThat(schedule == Schedule.ALWAYS).as(kind.name()).isEqualTo(kind != LaneKind.NORMAL);
    }
  }

  @Test
  void withAWeeklyOneItSaysHowLongPromptsAreToBeKept() {
    Duration needed = Duration.ofDays(20).plusHours(1).plusMinutes(5);
    assertThatThrownBy(() -> start("batch.schedule.cron=0 2 * * SUN"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("raise its retention.ms to " + needed.toMillis());
  }
}
