package io.promptferry.batcher.submit;

import io.promptferry.gemini.account.Accounts;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.PartitionedConsumer;
import io.promptferry.runtime.kafka.TopicTail;
import io.promptferry.runtime.service.LoopPart;
import io.promptferry.runtime.service.Part;
import io.promptferry.runtime.service.Service;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;

/** Wires the submitter. */
public final class SubmitPart {

  private SubmitPart() {}

  /** The submitter, and the reader that tells it how much is in use at the provider. */
  public static List<Part> of(
      Service.Context context, KafkaClients kafka, RecordSerdes serdes, Accounts accounts) {
    Topics topics = Topics.from(context.config());
    SubmitSettings settings = SubmitSettings.from(context.config());
    String deployment = context.config().getString(ServiceConfig.DEPLOYMENT);
    var open = new OpenJobs();
    var gate = new LaneGate(settings.backoff(), context.clock());
    AccountCapacities capacities = AccountCapacities.from(context.config());
    var capacity =
        new Capacity(capacities::of, open, new Urgency(settings.deadlineNear()), context.clock());
    var setting =
        new SubmitWorker.Setting(
            deployment,
            topics,
            settings,
            kafka,
            serdes,
            accounts,
            gate,
            capacity,
            new SubmitMetrics(context.metrics(), gate, capacity, context.clock()),
            context.metrics(),
            context.clock());
    var limits = new PartitionedConsumer.Limits(settings.pendingMax(), context.limits().restarts());
    Map<String, Object> more =
        Map.of(
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest",
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            settings.pendingMax());
    var submit =
        new LoopPart(
            "submit",
            () ->
                new PartitionedConsumer<>(
                    kafka.groupConsumer(
                        deployment + "-submit", serdes.deserializer(Batch.class), more),
                    List.of(topics.batches()),
                    partition -> new SubmitWorker(setting),
                    limits,
                    context.clock()),
            context.limits(),
            context.clock());
    return List.of(reader(context, kafka, serdes, settings, topics, open), submit);
  }

  private static Part reader(
      Service.Context context,
      KafkaClients kafka,
      RecordSerdes serdes,
      SubmitSettings settings,
      Topics topics,
      OpenJobs open) {
    return new LoopPart(
        "capacity",
        () ->
            new OpenJobsReader(
                kafka.reader(serdes.deserializer(Job.class)),
                kafka.reader(serdes.deserializer(JobState.class)),
                ends(kafka, List.of(topics.jobs(), topics.jobStates()), settings.readTimeout()),
                topics.jobs(),
                open,
                context.clock()),
        context.limits(),
        context.clock());
  }

  private static Map<TopicPartition, Long> ends(
      KafkaClients kafka, List<String> names, Duration timeout) {
    try (Admin admin = kafka.admin()) {
      return TopicTail.highWatermarks(admin, names, timeout);
    }
  }
}
