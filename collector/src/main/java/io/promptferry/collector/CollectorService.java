package io.promptferry.collector;

import io.promptferry.collector.response.KafkaCluster;
import io.promptferry.collector.response.ResponseSettings;
import io.promptferry.collector.response.ResponseTopics;
import io.promptferry.collector.response.SharedTopicCheck;
import io.promptferry.collector.retry.RetrySettings;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.gemini.price.Prices;
import io.promptferry.records.JobState;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.kafka.PartitionWorker;
import io.promptferry.runtime.kafka.PartitionedConsumer;
import io.promptferry.runtime.service.LoopPart;
import io.promptferry.runtime.service.Part;
import io.promptferry.runtime.service.Service;
import io.promptferry.runtime.service.StartupException;
import io.promptferry.schemas.Prerequisites;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.TopicAdmin;
import io.promptferry.schemas.Topics;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
    RetrySettings.define(ResponseSettings.define(SpoolBounds.define(CollectSettings.define(def))));
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
            topics.slices(),
            topics.receipts(),
            topics.prompts(),
            topics.deadLetters(),
            topics.responses()),
        topics.inner(),
        timeout);
    // Lives as long as the process: response topics are made whenever a new key turns up.
    Admin admin = kafka.admin();
    var topicAdmin = new TopicAdmin(admin, timeout);
    Accounts accounts = Accounts.from(config);
    CollectSettings settings = CollectSettings.from(config);
    SharedTopicCheck.check(topicAdmin, topics.responses(), config);
    var setting =
        new CollectWorker.Setting(
            config.getString(ServiceConfig.DEPLOYMENT),
            topics,
            settings,
            kafka,
            serdes,
            accounts,
            new ResponseTopics(
                topics,
                ResponseSettings.from(config),
                new KafkaCluster(topicAdmin),
                context.clock()),
            config.getInt(ResponseSettings.MAX_BYTES),
            RetrySettings.from(config),
            Prices.shipped(),
            new CollectMetrics(context.metrics(), context.clock()),
            context.clock());
    ResultSpool spool = spool(accounts, settings, SpoolBounds.from(config), context.clock());
    return List.of(
        part(
            context,
            setting,
            "collect",
            topics.jobStates(),
            serdes.deserializer(JobState.class),
            partition -> new CollectWorker(setting, spool)),
        part(
            context,
            setting,
            "collect-dlq",
            topics.deadLetters(),
            new ByteArrayDeserializer(),
            partition -> new DeadLetterWorker(setting)));
  }

  private static ResultSpool spool(
      Accounts accounts, CollectSettings settings, SpoolBounds bounds, Clock clock) {
    try {
      return ResultSpool.open(accounts, settings, bounds, clock);
    } catch (IOException e) {
      throw new StartupException(
          "%s=%s cannot be used, check that it can be written: %s"
              .formatted(CollectSettings.SPOOL, settings.spool(), e),
          e);
    }
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
