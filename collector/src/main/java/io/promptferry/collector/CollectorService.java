package io.promptferry.collector;

import io.promptferry.collector.response.ResponseSettings;
import io.promptferry.collector.response.ResponseTopics;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.records.JobState;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.PartitionWorker;
import io.promptferry.runtime.kafka.PartitionedConsumer;
import io.promptferry.runtime.service.LoopPart;
import io.promptferry.runtime.service.Part;
import io.promptferry.runtime.service.Service;
import io.promptferry.schemas.Prerequisites;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.TopicAdmin;
import io.promptferry.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/** The collector as a service: one part for ended jobs, one for dead letters. */
public final class CollectorService implements Service {

  @Override
  public String name() {
    return "collector";
  }

  @Override
  public ConfigDef config() {
    ConfigDef def = Topics.define(ServiceConfig.define());
    ResponseSettings.define(CollectSettings.define(def));
    return Accounts.define(def);
  }

  @Override
  public List<Part> parts(Context context) {
    ServiceConfig config = context.config();
    var kafka = new KafkaClients(config);
    var serdes = new RecordSerdes(config.registry());
    Topics topics = Topics.from(config);
    Duration timeout = Duration.ofMillis(config.getLong(ServiceConfig.STARTUP_TIMEOUT));
    Prerequisites.check(
        kafka::admin,
        serdes,
        List.of(
            topics.jobStates(),
            topics.receipts(),
            topics.prompts(),
            topics.deadLetters(),
            topics.responses()),
        topics.inner(),
        timeout);
    // Lives as long as the process: response topics are made whenever a new key turns up.
    Admin admin = kafka.admin();
    var topicAdmin = new TopicAdmin(admin, timeout);
    var setting =
        new CollectWorker.Setting(
            config.getString(ServiceConfig.DEPLOYMENT),
            topics,
            CollectSettings.from(config),
            kafka,
            serdes,
            Accounts.from(config),
            new ResponseTopics(
                topics, ResponseSettings.from(config), cluster(topicAdmin), context.clock()),
            config.getInt(ResponseSettings.MAX_BYTES),
            new CollectMetrics(context.metrics()),
            context.clock());
    return List.of(
        part(
            context,
            setting,
            "collect",
            topics.jobStates(),
            serdes.deserializer(JobState.class),
            partition -> new CollectWorker(setting)),
        part(
            context,
            setting,
            "collect-dlq",
            topics.deadLetters(),
            new ByteArrayDeserializer(),
            partition -> new DeadLetterWorker(setting)));
  }

  private static ResponseTopics.Cluster cluster(TopicAdmin admin) {
    return new ResponseTopics.Cluster() {
      @Override
      public Set<String> names() {
        return admin.names();
      }

      @Override
      public void create(Topics.Spec topic) {
        admin.create(List.of(topic));
      }
    };
  }

  private static <V> Part part(
      Context context,
      CollectWorker.Setting setting,
      String name,
      String topic,
      Deserializer<V> values,
      Function<TopicPartition, PartitionWorker<V>> workers) {
    int queue = setting.settings().queue();
    Map<String, Object> more =
        Map.of(
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
            "earliest",
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            queue);
    var limits = new PartitionedConsumer.Limits(queue, context.limits().restarts());
    return new LoopPart(
        name,
        () ->
            new PartitionedConsumer<>(
                setting.kafka().groupConsumer(setting.deployment() + "-" + name, values, more),
                List.of(topic),
                workers,
                limits,
                context.clock()),
        context.limits(),
        context.clock());
  }
}
