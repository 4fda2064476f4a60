package io.promptferry.batcher.slice;

import io.promptferry.batcher.lane.LaneFinder;
import io.promptferry.batcher.lane.LanePolicies;
import io.promptferry.batcher.position.Past;
import io.promptferry.batcher.position.StartPositions;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.Slice;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.service.LoopPart;
import io.promptferry.runtime.service.Part;
import io.promptferry.runtime.service.Service;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.TopicAdmin;
import io.promptferry.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Wires the slicer. */
public final class SlicePart {

  private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(30);

  private static final int METADATA_MAX_AGE_MS = 30_000;

  /**
   * More than other readers take at once: prompts are read at full speed here, and slower reading
   * is more commits for the same prompts. Of prompts of a megabyte it is a hundred megabytes.
   */
  private static final int MAX_POLL_RECORDS = 100;

  /** How much of the time that a round of the loop may take is for reading slices again. */
  private static final int LOOP_SHARE = 10;

  private SlicePart() {}

  /**
   * Makes the part, once it is clear where each topic is read from.
   *
   * @throws io.promptferry.runtime.service.StartupException when the offsets of a topic were lost
   */
  public static Part of(Service.Context context, KafkaClients kafka, RecordSerdes serdes) {
    // One for all lives of the loop: a gauge is registered once.
    LaneFinder lanes =
        LaneFinder.from(context.config(), LanePolicies.from(context.config()), context.metrics());
    // Here and not in the loop, so that a wrong setting ends the start and not each life.
    SliceSettings settings = SliceSettings.from(context.config());
    ensurePositions(context, kafka, serdes);
    return new LoopPart(
        "slice",
        () -> loop(context, kafka, serdes, settings, lanes),
        context.limits(),
        context.clock());
  }

  private static String group(ServiceConfig config) {
    return config.getString(ServiceConfig.DEPLOYMENT) + "-slice";
  }

  private static void ensurePositions(
      Service.Context context, KafkaClients kafka, RecordSerdes serdes) {
    Topics topics = Topics.from(context.config());
    Duration timeout = startupTimeout(context);
    try (Admin admin = kafka.admin()) {
      var prompts = new TreeSet<>(topics.allPrompts());
      if (!topics.promptPattern().isEmpty()) {
        new TopicAdmin(admin, timeout)
            .names().stream().filter(topics::isPrompts).forEach(prompts::add);
      }
      new StartPositions(admin, group(context.config()), past(context, kafka, serdes), timeout)
          .ensure(prompts, SliceBounds.from(context.config()).first(), true);
    }
  }

  private static Past past(Service.Context context, KafkaClients kafka, RecordSerdes serdes) {
    return new SlicedPrompts(
        kafka,
        serdes,
        Topics.from(context.config()),
        group(context.config()),
        startupTimeout(context),
        context.clock());
  }

  private static Duration startupTimeout(Service.Context context) {
    return Duration.ofMillis(context.config().getLong(ServiceConfig.STARTUP_TIMEOUT));
  }

  private static SliceLoop loop(
      Service.Context context,
      KafkaClients kafka,
      RecordSerdes serdes,
      SliceSettings settings,
      LaneFinder lanes) {
    ServiceConfig config = context.config();
    String group = group(config);
    var consumer =
        kafka.groupConsumer(group, new ByteArrayDeserializer(), consumerSettings(config));
    // Each life has an id of its own: instances fence by the group's generation, and share no
    // partition of the id's.
    var producer = kafka.transactional(group + "-" + UUID.randomUUID());
    var clients =
        new SliceLoop.Clients(
            consumer,
            producer,
            serdes.serializer(Slice.class),
            TopicIds.of(kafka.admin(), ADMIN_TIMEOUT),
            past(context, kafka, serdes),
            new SliceLog(
                kafka::admin,
                () -> kafka.reader(serdes.deserializer(Slice.class)),
                Topics.from(config).slices(),
                context.limits().timeout().dividedBy(LOOP_SHARE),
                context.clock()));
    var intake =
        new PromptIntake(
            serdes.decoder(PromptEvent.class), settings.rules(), settings.policies(), lanes);
    return new SliceLoop(
        clients,
        Topics.from(config),
        intake,
        settings,
        SliceBounds.from(config),
        context.metrics(),
        context.clock());
  }

  private static Map<String, Object> consumerSettings(ServiceConfig config) {
    var settings = new HashMap<String, Object>();
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    // Kafka's default of five minutes is long to wait for the prompts of a new partition or topic.
    putUnlessSet(config, settings, ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_MAX_AGE_MS);
    putUnlessSet(config, settings, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_POLL_RECORDS);
    return settings;
  }

  private static void putUnlessSet(
      ServiceConfig config, Map<String, Object> settings, String key, int value) {
    if (Stream.of("kafka.", "kafka.consumer.")
        .noneMatch(prefix -> config.originals().containsKey(prefix + key))) {
      settings.put(key, value);
    }
  }
}
