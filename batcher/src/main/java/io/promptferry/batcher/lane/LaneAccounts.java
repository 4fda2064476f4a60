package io.promptferry.batcher.lane;

import io.promptferry.gemini.account.Accounts;
import io.promptferry.records.Lane;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** Which account pays for the prompts of a lane. */
public final class LaneAccounts {

  public static final String KEY = "lane.accounts";

  private static final String ACCOUNT = "account";

  private final List<LaneRule> rules;

  private LaneAccounts(List<LaneRule> rules) {
    this.rules = rules;
  }

  /** Adds the key that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
        KEY,
        ConfigDef.Type.STRING,
        "[]",
        ConfigDef.LambdaValidator.with(
            (key, value) -> parse(value.toString()), () -> "a JSON array of objects"),
        ConfigDef.Importance.MEDIUM,
        "Which account of gemini.keys.dir pays for which prompts: a JSON array of objects. In each, account names the"
            + " account, and model and the names of lane.by say for what. The first that fits counts, also for prompts"
            + " that ride without their labels since lane.open.max is reached; the account of all others is "
            + Accounts.DEFAULT
            + ". For example [{\"tenant\":\"acme\",\"account\":\"acme\"}].");
  }

  public static LaneAccounts from(AbstractConfig config) {
    return new LaneAccounts(parse(config.getString(KEY)));
  }

  private static List<LaneRule> parse(String json) {
    List<LaneRule> rules = LaneRule.parse(KEY, json, ACCOUNT::equals);
    for (LaneRule rule : rules) {
      if (rule.values().getOrDefault(ACCOUNT, "").isBlank()) {
        throw new ConfigException(KEY + ": name the account: " + rule.wanted());
      }
      if (rule.wanted().containsKey("kind")) {
        throw new ConfigException(
            KEY + ": a retry is paid by the account of the first attempt, so leave out kind");
      }
    }
    return rules;
  }

  /** The lane as it is, with its account. */
  Lane assign(Lane lane) {
    return rules.stream()
        .filter(rule -> rule.matches(lane))
        .findFirst()
        .map(
            rule ->
                new Lane(
                    lane.getModel(),
                    rule.values().getOrDefault(ACCOUNT, Accounts.DEFAULT),
                    lane.getKind(),
                    lane.getLabels()))
        .orElse(lane);
  }

  /** Every account that some lane has. */
  public Set<String> names() {
    return Stream.concat(
            Stream.of(Accounts.DEFAULT),
            rules.stream().map(rule -> rule.values().getOrDefault(ACCOUNT, Accounts.DEFAULT)))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The labels that are named. */
  Set<String> labels() {
    return LaneRule.labels(rules);
  }
}
