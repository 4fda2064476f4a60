package io.promptferry.collector;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * What receipts tell of keys.
 *
 * @param key what of a key counts: the first place where it is found
 * @param keysMax how many of them a receipt tells apart
 */
record ReceiptSettings(Pattern key, int keysMax) {

  static final String KEY_PATTERN = "receipt.key.pattern";
  static final String KEYS_MAX = "receipt.keys.max";

  /** A receipt must stay small: it is written with every chunk. */
  private static final int LONGEST = 100;

  /** Adds the keys that {@link #from} reads. */
  static ConfigDef define(ConfigDef def) {
    return def.define(
            KEY_PATTERN,
            ConfigDef.Type.STRING,
            "^[^/:|]+",
            ConfigDef.LambdaValidator.with(
                ReceiptSettings::checkPattern, () -> "a regular expression"),
            ConfigDef.Importance.LOW,
            "A regular expression: what it finds first in a prompt's key is what receipts sum by, at most 100"
                + " characters. By default all up to the first of / : and |.")
        .define(
            KEYS_MAX,
            ConfigDef.Type.INT,
            50,
            ConfigDef.Range.between(0, 1_000),
            ConfigDef.Importance.LOW,
            "How many different findings of receipt.key.pattern a batch's receipt tells apart; the others are summed as"
                + " one.");
  }

  static ReceiptSettings from(AbstractConfig config) {
    return new ReceiptSettings(
        Pattern.compile(config.getString(KEY_PATTERN)), config.getInt(KEYS_MAX));
  }

  /** What a key is summed under; empty where there is none or nothing is found. */
  Optional<String> name(byte @Nullable [] bytes) {
    if (bytes == null) {
      return Optional.empty();
    }
    Matcher found = key.matcher(new String(bytes, StandardCharsets.UTF_8));
    if (!found.find() || found.group().isEmpty()) {
      return Optional.empty();
    }
    String name = found.group();
    return Optional.of(name.length() > LONGEST ? name.substring(0, LONGEST) : name);
  }

  private static void checkPattern(String key, Object value) {
    try {
      Pattern.compile(value.toString());
    } catch (PatternSyntaxException e) {
      throw new ConfigException(key, value, "is no regular expression: " + e.getDescription());
    }
  }
}
