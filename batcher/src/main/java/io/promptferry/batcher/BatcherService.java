package io.promptferry.batcher;

import io.promptferry.batcher.assemble.AssemblePart;
import io.promptferry.batcher.lane.LaneAccounts;
import io.promptferry.batcher.lane.LanePolicies;
import io.promptferry.batcher.slice.SliceBounds;
import io.promptferry.batcher.slice.SlicePart;
import io.promptferry.batcher.slice.SliceSettings;
import io.promptferry.batcher.submit.AccountCapacities;
import io.promptferry.batcher.submit.SubmitPart;
import io.promptferry.batcher.submit.SubmitSettings;
import io.promptferry.batcher.sweep.SweepPart;
import io.promptferry.batcher.sweep.SweepSettings;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import io.promptferry.runtime.service.Part;
import io.promptferry.runtime.service.Service;
import io.promptferry.runtime.service.StartupException;
import io.promptferry.schemas.Prerequisites;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.TopicAdmin;
import io.promptferry.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigDef;

/** The batcher as a service: slice, assemble and submit. */
public final class BatcherService implements Service {

  @Override
  public String name() {
    return "batcher";
  }

  @Override
  public ConfigDef config() {
    ConfigDef def = Topics.define(ServiceConfig.define());
    SliceSettings.define(def);
    SliceBounds.define(def);
    LanePolicies.define(def);
    AssemblePart.define(def);
    SubmitSettings.define(def);
    AccountCapacities.define(def);
    SweepSettings.define(def);
    PromptRetention.define(def);
    return Accounts.define(def);
  }

  @Override
  public List<Part> parts(Context context) {
    var kafka = new KafkaClients(context.config());
    var serdes = new RecordSerdes(context.config().registry());
    Topics topics = Topics.from(context.config());
    Prerequisites.check(
        kafka::admin,
        serdes,
        Stream.concat(
                topics.allPrompts().stream(),
                Stream.of(
                    topics.deadLetters(),
                    topics.slices(),
                    topics.batches(),
                    topics.jobs(),
                    topics.jobStates()))
            .toList(),
        topics.inner(),
        Duration.ofMillis(context.config().getLong(ServiceConfig.STARTUP_TIMEOUT)));
    checkRetention(context, kafka, topics);
    Accounts accounts = accounts(context);
    var parts = new ArrayList<Part>();
    SweepPart.of(context, kafka, serdes, accounts).ifPresent(parts::add);
    parts.addAll(SubmitPart.of(context, kafka, serdes, accounts));
    parts.add(AssemblePart.of(context, kafka, serdes));
    parts.add(SlicePart.of(context, kafka, serdes));
    return parts;
  }

  /** Checks that every account has a key now, though keys may come and go later. */
  private static Accounts accounts(Context context) {
    Accounts accounts = Accounts.from(context.config());
    var used = new TreeSet<String>(LaneAccounts.from(context.config()).names());
    used.addAll(AccountCapacities.from(context.config()).names());
    for (String account : used) {
      try {
        accounts.of(account);
      } catch (ProviderException e) {
        throw new StartupException(String.valueOf(e.getMessage()));
      }
    }
    return accounts;
  }

  private static void checkRetention(Context context, KafkaClients kafka, Topics topics) {
    PromptRetention retention = PromptRetention.from(context.config(), context.clock().instant());
    Duration timeout = Duration.ofMillis(context.config().getLong(ServiceConfig.STARTUP_TIMEOUT));
    try (Admin client = kafka.admin()) {
      var admin = new TopicAdmin(client, timeout);
      admin.names().stream()
          .filter(topics::isPrompts)
          .sorted()
          .forEach(
              topic ->
                  retention
                      .problem(topic, admin.settings(topic))
                      .ifPresent(
                          problem -> {
                            throw new StartupException(problem);
                          }));
    }
  }
}
