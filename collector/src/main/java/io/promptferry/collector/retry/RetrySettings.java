package io.promptferry.collector.retry;

import io.promptferry.runtime.service.Backoff;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.schemas.ErrorReason.Fate;
import io.promptferry.schemas.WaitBound;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * What is tried again, and how often.
 *
 * @param maxAttempts how many times a prompt is sent at most, the first time included
 * @param maxAge of a prompt that is sent again
 * @param backoff the wait before it is sent again
 * @param cutOff of answers that end at maxOutputTokens; ANSWER or RETRY
 * @param misfit of answers that are not the JSON that was asked for
 * @param reasons what is tried again of that which is settled by reason
 */
public record RetrySettings(
    int maxAttempts,
    Duration maxAge,
    Backoff backoff,
    Treatment cutOff,
    Treatment misfit,
    Set<ErrorReason> reasons) {

  public static final String MAX_ATTEMPTS = "retry.max.attempts";
  public static final String FIRST = "retry.first.ms";
  public static final String REASONS = "retry.reasons";
  public static final String CUT_OFF = "answer.cut.off";
  public static final String MISFIT = "answer.misfit";

  private static final long MAX_WAIT = Duration.ofDays(7).toMillis();

  public RetrySettings {
    reasons = Set.copyOf(reasons);
  }

  /** Adds the keys that {@link #from} reads. */
  public static ConfigDef define(ConfigDef def) {
    WaitBound.RETRY_LONGEST.define(def);
    WaitBound.RETRY_MAX_AGE.define(def);
    return def.define(
            MAX_ATTEMPTS,
            ConfigDef.Type.INT,
            3,
            ConfigDef.Range.between(1, 20),
            ConfigDef.Importance.HIGH,
            "How many times a prompt is sent to the model at most, the first time included; after the last it is answered"
                + " FAILED with the reason of the last. 1: nothing is tried again.")
        .define(
            FIRST,
            ConfigDef.Type.LONG,
            Duration.ofMinutes(1).toMillis(),
            ConfigDef.Range.between(0, MAX_WAIT),
            ConfigDef.Importance.LOW,
            "The wait before a prompt is sent the second time; doubles with each further one. A retry rides in a batch"
                + " of its own kind, which has its own linger besides.")
        .define(
            REASONS,
            ConfigDef.Type.LIST,
            reasons(Fate.TRIED_AGAIN),
            RetrySettings::checkReasons,
            ConfigDef.Importance.LOW,
            "The reasons of docs/reasons.md that are tried again. Every attempt is paid for that the model answered.")
        .define(
            CUT_OFF,
            ConfigDef.Type.STRING,
            "answer",
            ConfigDef.ValidString.in("answer", "retry"),
            ConfigDef.Importance.MEDIUM,
            "An answer that ends at maxOutputTokens: answer delivers it SUCCEEDED, with finishReason MAX_TOKENS; retry sends"
                + " the prompt again, and the last is answered FAILED with what came of it.")
        .define(
            MISFIT,
            ConfigDef.Type.STRING,
            "retry",
            ConfigDef.ValidString.in("answer", "retry", "fail"),
            ConfigDef.Importance.MEDIUM,
            "An answer that is not JSON though JSON was asked for, or does not fit its schema: answer delivers it SUCCEEDED;"
                + " retry sends the prompt again, and the last is answered FAILED with what came of it; fail does so at once.");
  }

  public static RetrySettings from(AbstractConfig config) {
    Set<ErrorReason> reasons = EnumSet.noneOf(ErrorReason.class);
    config.getList(REASONS).forEach(name -> reasons.add(ErrorReason.valueOf(name)));
    return new RetrySettings(
        config.getInt(MAX_ATTEMPTS),
        WaitBound.RETRY_MAX_AGE.of(config),
        new Backoff(Duration.ofMillis(config.getLong(FIRST)), WaitBound.RETRY_LONGEST.of(config)),
        treatment(config.getString(CUT_OFF)),
        treatment(config.getString(MISFIT)),
        reasons);
  }

  private static Treatment treatment(String value) {
    return Treatment.valueOf(value.toUpperCase(Locale.ROOT));
  }

  private static List<String> reasons(Fate fate) {
    return Arrays.stream(ErrorReason.values())
        .filter(reason -> reason.fate() == fate)
        .map(Enum::name)
        .toList();
  }

  /** Of others it would be said in vain: they are final, or have a key of their own. */
  private static void checkReasons(String key, Object value) {
    List<String> allowed =
        Arrays.asList(Fate.TRIED_AGAIN, Fate.FINAL_BY_DEFAULT).stream()
            .flatMap(fate -> reasons(fate).stream())
            .toList();
    List<?> unknown =
        ((List<?>) value).stream().filter(name -> !allowed.contains(String.valueOf(name))).toList();
    if (!unknown.isEmpty()) {
      throw new ConfigException(
          key,
          unknown.stream().map(String::valueOf).collect(Collectors.joining(",")),
          "name some of " + String.join(", ", allowed));
    }
  }
}
