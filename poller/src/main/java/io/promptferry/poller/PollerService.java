package io.promptferry.poller;

import io.promptferry.gemini.account.Accounts;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.service.LoopPart;
import io.promptferry.runtime.service.Part;
import io.promptferry.runtime.service.Service;
import io.promptferry.schemas.Prerequisites;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.ConfigDef;

/** The poller as a service. */
public final class PollerService implements Service {

  @Override
  public String name() {
    return "poller";
  }

  @Override
  public ConfigDef config() {
    ConfigDef def = Topics.define(ServiceConfig.define());
    return Accounts.define(PollSettings.define(def));
  }

  @Override
  public List<Part> parts(Context context) {
    ServiceConfig config = context.config();
    var kafka = new KafkaClients(config);
    var serdes = new RecordSerdes(config.registry());
    Topics topics = Topics.from(config);
    Prerequisites.check(
        kafka::admin,
        serdes,
        List.of(topics.jobs(), topics.jobStates()),
        topics.inner(),
        Duration.ofMillis(config.getLong(ServiceConfig.STARTUP_TIMEOUT)));
    PollSettings settings = PollSettings.from(config);
    var past =
        new TopicStates(kafka, serdes, topics.jobStates(), settings.readTimeout(), context.clock());
    Accounts accounts = Accounts.from(config);
    var metrics = new PollMetrics(context.metrics());
    return List.of(
        new LoopPart(
            "poll",
            () ->
                new PollLoop(
                    clients(config, kafka, serdes, past, accounts),
                    topics,
                    settings,
                    metrics,
                    context.clock(),
                    () -> ThreadLocalRandom.current().nextDouble()),
            context.limits(),
            context.clock()));
  }

  private static PollLoop.Clients clients(
      ServiceConfig config,
      KafkaClients kafka,
      RecordSerdes serdes,
      PastStates past,
      Accounts accounts) {
    return new PollLoop.Clients(
        kafka.groupConsumer(
            config.getString(ServiceConfig.DEPLOYMENT) + "-poller",
            serdes.deserializer(Job.class),
            Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest")),
        kafka.idempotent(),
        serdes.serializer(JobState.class),
        past,
        accounts);
  }
}
