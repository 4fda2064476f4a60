package io.promptferry.batcher.submit;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.records.Batch;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.PartitionedConsumer;
import io.promptferry.runtime.service.LoopPart;
import io.promptferry.runtime.service.Part;
import io.promptferry.runtime.service.Service;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/** Wires the submitter. */
public final class SubmitPart {

  private SubmitPart() {}

  public static Part of(
      Service.Context context, KafkaClients kafka, RecordSerdes serdes, BatchProvider provider) {
    Topics topics = Topics.from(context.config());
    SubmitSettings settings = SubmitSettings.from(context.config());
    String deployment = context.config().getString(ServiceConfig.DEPLOYMENT);
    var setting =
        new SubmitWorker.Setting(
            deployment,
            topics,
            settings,
            kafka,
            serdes,
            provider,
            context.metrics(),
            context.clock());
    var limits = new PartitionedConsumer.Limits(settings.pendingMax(), context.limits().restarts());
    Map<String, Object> more =
        Map.of(
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest",
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            settings.pendingMax());
    return new LoopPart(
        "submit",
        () ->
            new PartitionedConsumer<>(
                kafka.groupConsumer(deployment + "-submit", serdes.deserializer(Batch.class), more),
                List.of(topics.batches()),
                partition -> new SubmitWorker(setting),
                limits,
                context.clock()),
        context.limits(),
        context.clock());
  }
}
