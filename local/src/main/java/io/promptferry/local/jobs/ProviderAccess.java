package io.promptferry.local.jobs;

import io.promptferry.gemini.GeminiSettings;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.runtime.config.ServiceConfig;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** The provider as a tool reaches it: with the keys and the address of the services. */
public final class ProviderAccess {

  private ProviderAccess() {}

  /**
   * Opens no connection; a wrong key shows at the first call.
   *
   * @throws ConfigException when no key is configured or a {@code gemini.} key is wrong
   */
  public static Accounts open(ServiceConfig config) {
    ConfigDef def = Accounts.define(new ConfigDef());
    Map<String, Object> values = new HashMap<>(config.originals());
    values.keySet().retainAll(def.names());
    if (!values.containsKey(GeminiSettings.API_KEY) && !values.containsKey(Accounts.KEYS_DIR)) {
      throw new ConfigException(
          GeminiSettings.API_KEY
              + " is not set: name a service's file with --config, or set"
              + " PROMPTFERRY_GEMINI_API_KEY or PROMPTFERRY_GEMINI_KEYS_DIR");
    }
    return Accounts.from(new AbstractConfig(def, values, false));
  }
}
