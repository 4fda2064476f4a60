package io.promptferry.batcher.slice;

import io.promptferry.batcher.lane.LaneFinder;
import io.promptferry.batcher.lane.LanePolicies;
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
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Wires the slicer. */
public final class SlicePart {

  private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(30);

  private SlicePart() {}

  public static Part of(Service.Context context, KafkaClients kafka, RecordSerdes serdes) {
    String group = context.config().getString(ServiceConfig.DEPLOYMENT) + "-slice";
    // One for all lives of the loop: a gauge is registered once.
    LaneFinder lanes =
        LaneFinder.from(context.config(), LanePolicies.from(context.config()), context.metrics());
    return new LoopPart(
        "slice",
        () -> loop(context, kafka, serdes, group, lanes),
        context.limits(),
        context.clock());
  }

  private static SliceLoop loop(
      Service.Context context,
      KafkaClients kafka,
      RecordSerdes serdes,
      String group,
      LaneFinder lanes) {
    SliceSettings settings = SliceSettings.from(context.config());
    var consumer =
        kafka.groupConsumer(
            group,
            new ByteArrayDeserializer(),
            Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"));
    // Each life has an id of its own: instances fence by the group's generation, and share no
    // partition of the id's.
    var producer = kafka.transactional(group + "-" + UUID.randomUUID());
    var clients =
        new SliceLoop.Clients(
            consumer, producer, serdes.serializer(Slice.class), topic -> topicId(kafka, topic));
    var intake =
        new PromptIntake(
            serdes.decoder(PromptEvent.class), settings.rules(), settings.policies(), lanes);
    return new SliceLoop(
        clients,
        Topics.from(context.config()),
        intake,
        settings,
        context.metrics(),
        context.clock());
  }

  private static String topicId(KafkaClients kafka, String topic) {
    try (Admin admin = kafka.admin()) {
      return new TopicAdmin(admin, ADMIN_TIMEOUT).describe(topic).topicId().toString();
    }
  }
}
