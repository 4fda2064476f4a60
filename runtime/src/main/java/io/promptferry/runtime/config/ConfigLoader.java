package io.promptferry.runtime.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigTransformer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a service's configuration: the file, the environment over it, then references to secrets.
 */
public final class ConfigLoader {

  /** Keys under these go to the Kafka clients and to the registry's client as they are. */
  private static final List<String> PASSED_ON = List.of("kafka.", "schema.registry.");

  private static final String VARIABLE = "PROMPTFERRY_";

  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}:]*):[^}]*}");

  private ConfigLoader() {}

  /**
   * Loads and checks.
   *
   * @param file a properties file, or null for none
   * @param environment {@code PROMPTFERRY_BATCH_LINGER_MS} stands for {@code batch.linger.ms}
   * @throws ConfigException when the file cannot be read, a key is unknown or a value is wrong; the
   *     message says what to do
   */
  public static ServiceConfig load(
      ConfigDef def, @Nullable Path file, Map<String, String> environment) {
    Map<String, String> values = values(file, environment);
    values.keySet().forEach(key -> requireKnown(def, key));
    requireComplete(def, values.keySet());
    return new ServiceConfig(def, resolved(values, environment));
  }

  /**
   * What one key is set to, without a look at the others; logs nothing.
   *
   * @throws ConfigException when the file, or what the value refers to, cannot be read
   */
  static Optional<String> early(String key, @Nullable Path file, Map<String, String> environment) {
    String value = values(file, environment).get(key);
    return value == null
        ? Optional.empty()
        : Optional.ofNullable(resolved(Map.of(key, value), environment).get(key));
  }

  private static Map<String, String> values(@Nullable Path file, Map<String, String> environment) {
    var values = new HashMap<String, String>();
    if (file != null) {
      values.putAll(read(file));
    }
    environment.forEach(
        (name, value) -> {
          if (name.startsWith(VARIABLE)) {
            String key =
                name.substring(VARIABLE.length()).toLowerCase(Locale.ROOT).replace('_', '.');
            values.put(key, value);
          }
        });
    return values;
  }

  private static Map<String, String> resolved(
      Map<String, String> values, Map<String, String> environment) {
    var secrets = Map.of("env", new EnvironmentSecrets(environment), "file", new FileSecrets());
    values.forEach((key, value) -> requireProviders(key, value, secrets.keySet()));
    return new ConfigTransformer(Map.copyOf(secrets)).transform(values).data();
  }

  private static Map<String, String> read(Path file) {
    var properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (NoSuchFileException e) {
      throw new ConfigException("there is no configuration file " + file);
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigException("cannot read the configuration file " + file + ": " + e);
    }
    var values = new HashMap<String, String>();
    properties
        .stringPropertyNames()
        .forEach(key -> values.put(key, properties.getProperty(key).trim()));
    return values;
  }

  /** All at once, where Kafka would name the first. */
  private static void requireComplete(ConfigDef def, Set<String> keys) {
    String missing =
        def.configKeys().values().stream()
            .filter(key -> !key.hasDefault() && !keys.contains(key.name))
            .map(key -> key.name)
            .sorted()
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      throw new ConfigException(
          "not configured: %s; set them in the file, or as variables such as %s"
              .formatted(
                  missing,
                  VARIABLE + missing.split(",", 2)[0].replace('.', '_').toUpperCase(Locale.ROOT)));
    }
  }

  /** The transformer leaves a reference of a kind that it does not know standing as the value. */
  private static void requireProviders(String key, String value, Set<String> kinds) {
    if (PASSED_ON.stream().anyMatch(key::startsWith)) {
      return; // Kafka's clients have providers of their own.
    }
    Matcher reference = REFERENCE.matcher(value);
    while (reference.find()) {
      if (!kinds.contains(reference.group(1))) {
        throw new ConfigException(
            "%s asks for ${%s:…}: use ${env:NAME} or ${file:PATH}"
                .formatted(key, reference.group(1)));
      }
    }
  }

  private static void requireKnown(ConfigDef def, String key) {
    if (def.names().contains(key) || PASSED_ON.stream().anyMatch(key::startsWith)) {
      return;
    }
    throw unknown(key, def.names());
  }

  /** Says that there is no such key, and which one may be meant. */
  public static ConfigException unknown(String key, Collection<String> known) {
    String nearest =
        known.stream()
            .min(
                // One whose end was left out is nearer than any short one.
                Comparator.comparing((String name) -> !name.startsWith(key))
                    .thenComparingInt(name -> distance(key, name))
                    .thenComparing(name -> name))
            .orElseThrow();
    return new ConfigException(
        "unknown configuration key '" + key + "'; the nearest known one is '" + nearest + "'");
  }

  /** Levenshtein's distance. */
  static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    int[] current = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(change, 1 + Math.min(previous[j], current[j - 1]));
      }
      int[] swap = previous;
      previous = current;
      current = swap;
    }
    return previous[b.length()];
  }
}
