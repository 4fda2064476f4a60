package io.promptferry.gemini.account;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.GeminiProvider;
import io.promptferry.gemini.GeminiSettings;
import java.nio.file.Path;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/** The provider as each account sees it. Safe for use by several threads. */
public interface Accounts extends AutoCloseable {

  /** The account of lanes that are given to no other. */
  String DEFAULT = "default";

  String KEYS_DIR = "gemini.keys.dir";

  /**
   * The provider with the account's key of this moment. Another object as soon as the key is
   * another, so that a caller that has learnt something with the old key can tell; not to be closed
   * by the caller, and not to be kept.
   *
   * @throws io.promptferry.gemini.ProviderException {@code REFUSED}, with {@code keyIsWrong}, where
   *     the account has no key or its file holds none: as if the provider had refused it, for the
   *     same person can mend both
   */
  BatchProvider of(String account);

  /** The accounts that have a key at this moment. */
  Set<String> names();

  /** Breaks off the calls under way, which then fail as {@code UNKNOWN}. Idempotent. */
  @Override
  void close();

  /** A deployment with one account, {@link #DEFAULT}. */
  static Accounts only(BatchProvider provider) {
    return new OnlyAccount(provider);
  }

  /** Adds the {@code gemini.} keys to a definition and returns it. */
  static ConfigDef define(ConfigDef def) {
    return GeminiSettings.define(def)
        .define(
            KEYS_DIR,
            ConfigDef.Type.STRING,
            "",
            Importance.HIGH,
            "Instead of gemini.api.key: a folder with a file for each account, which has the account's name and"
                + " holds its API key, as a mounted Kubernetes secret does. Read again whenever a key is needed: a"
                + " key is mended, and an account added, without a restart. Lanes use the account "
                + DEFAULT
                + ", unless lane.accounts gives them to another.");
  }

  /**
   * The accounts of a configuration whose definition went through {@link #define}. Opens no
   * connection; a wrong key shows at the first call.
   *
   * @throws ConfigException when neither or both of the keys are set, or the folder is not there
   */
  static Accounts from(AbstractConfig config) {
    Password key = config.getPassword(GeminiSettings.API_KEY);
    String dir = config.getString(KEYS_DIR);
    if (key == null && dir.isEmpty()) {
      throw new ConfigException(
          "no API key is set: set %s to a key, or %s to a folder that holds one for each account"
              .formatted(GeminiSettings.API_KEY, KEYS_DIR));
    }
    if (key != null && !dir.isEmpty()) {
      throw new ConfigException(
          "both %s and %s are set: keep one; the account of the former is the file '%s' in the latter"
              .formatted(GeminiSettings.API_KEY, KEYS_DIR, DEFAULT));
    }
    return key != null
        ? only(new GeminiProvider(GeminiSettings.from(config, key)))
        : new KeyFolder(
            Path.of(dir), found -> new GeminiProvider(GeminiSettings.from(config, found)));
  }
}
