package io.promptferry.local.live;

import io.promptferry.gemini.GeminiProvider;
import io.promptferry.gemini.GeminiSettings;
import io.promptferry.gemini.ProviderException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/**
 * Gemini itself, as the services of a stack reach it.
 *
 * @param key of the project that pays; not shown by {@code toString}
 * @param address Google's by default
 */
public record LiveAccess(Password key, String address) {

  /** The variable that the key comes in, and goes on to the services in. */
  public static final String VARIABLE = "GEMINI_API_KEY";

  /** How a service's file names the key. It never stands in one. */
  public static final String REFERENCE = "${env:" + VARIABLE + "}";

  private static final ConfigDef KEYS = GeminiSettings.define(new ConfigDef());

  /**
   * With the key of the person's shell.
   *
   * @param address instead of Google's
   * @throws ConfigException when there is no key, or it or the address cannot be one
   */
  public static LiveAccess from(Map<String, String> environment, Optional<String> address) {
    String key = environment.getOrDefault(VARIABLE, "");
    if (key.isBlank()) {
      throw new ConfigException(
          VARIABLE + " is not set: --live takes the key of the project that pays from it");
    }
    Map<String, Object> values = new HashMap<>(Map.of(GeminiSettings.API_KEY, key));
    address.ifPresent(url -> values.put(GeminiSettings.BASE_URL, url));
    AbstractConfig config = new AbstractConfig(KEYS, values, false);
    return new LiveAccess(
        config.getPassword(GeminiSettings.API_KEY), config.getString(GeminiSettings.BASE_URL));
  }

  /**
   * Asks for a list of jobs, which costs nothing: a wrong key is told before hours are waited for
   * it.
   *
   * @throws ConfigException when the key is refused, or nobody answers
   */
  public void tryKey() {
    try (var provider =
        new GeminiProvider(
            GeminiSettings.from(
                new AbstractConfig(KEYS, Map.of(GeminiSettings.BASE_URL, address), false), key))) {
      provider.list("");
    } catch (ProviderException e) {
      throw new ConfigException(
          "%s does not work at %s: %s".formatted(VARIABLE, address, e.getMessage()));
    }
  }

  /** Whether it is Google that is reached, and no gateway or simulator. */
  public boolean isGoogle() {
    return address.equals(KEYS.defaultValues().get(GeminiSettings.BASE_URL));
  }

  /** What the environment of a service must hold. Readable by the person's own processes only. */
  public Map<String, String> variables() {
    return Map.of(VARIABLE, key.value());
  }
}
