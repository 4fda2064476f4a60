package io.promptferry.runtime.config;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/** A service's checked configuration; the keys that every service has are defined here. */
public final class ServiceConfig extends AbstractConfig {

  public static final String DEPLOYMENT = "deployment";
  public static final String HTTP_HOST = "http.host";
  public static final String HTTP_PORT = "http.port";
  public static final String BOOTSTRAP_SERVERS = "kafka.bootstrap.servers";
  public static final String REGISTRY_URL = "schema.registry.url";
  public static final String STARTUP_TIMEOUT = "startup.timeout.ms";
  public static final String LOOP_TIMEOUT = "loop.timeout.ms";
  public static final String RESTART_MAX = "restart.max.attempts";

  /** Confluent's client takes its credentials from the registry's URL where nothing else is set. */
  private static final Pattern USER_INFO = Pattern.compile("://[^/@,\\s]+@");

  ServiceConfig(ConfigDef def, Map<String, String> values) {
    super(def, values, false);
  }

  /** The keys of every service. */
  public static ConfigDef define() {
    return LogSettings.define(new ConfigDef())
        .define(
            DEPLOYMENT,
            ConfigDef.Type.STRING,
            "promptferry",
            ConfigDef.LambdaValidator.with(
                ServiceConfig::checkDeployment, () -> "lower-case letters, digits, '-'"),
            ConfigDef.Importance.HIGH,
            "Names this deployment: begins the names of consumer groups, of transactional ids and of jobs at the"
                + " provider. Two deployments that share a cluster or a provider account need two names; on one cluster"
                + " they need two values of topics.prefix as well, or both would take the same prompts.")
        .define(
            BOOTSTRAP_SERVERS,
            ConfigDef.Type.STRING,
            ConfigDef.NO_DEFAULT_VALUE,
            new ConfigDef.NonEmptyString(),
            ConfigDef.Importance.HIGH,
            "Host and port of one or more Kafka brokers, separated by commas.")
        .define(
            REGISTRY_URL,
            ConfigDef.Type.STRING,
            ConfigDef.NO_DEFAULT_VALUE,
            ConfigDef.LambdaValidator.with(
                ServiceConfig::checkRegistryUrl, () -> "URLs, separated by commas"),
            ConfigDef.Importance.HIGH,
            "URL of the schema registry (Confluent's API), several separated by commas.")
        .define(
            HTTP_HOST,
            ConfigDef.Type.STRING,
            "0.0.0.0",
            ConfigDef.Importance.LOW,
            "The address that /healthz, /readyz and /metrics are served on.")
        .define(
            HTTP_PORT,
            ConfigDef.Type.INT,
            8080,
            ConfigDef.Range.between(0, 65535),
            ConfigDef.Importance.MEDIUM,
            "The port that /healthz, /readyz and /metrics are served on; 0 takes a free one.")
        .define(
            STARTUP_TIMEOUT,
            ConfigDef.Type.LONG,
            60_000L,
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.LOW,
            "How long a service waits for Kafka to answer before it gives up starting.")
        .define(
            LOOP_TIMEOUT,
            ConfigDef.Type.LONG,
            300_000L,
            ConfigDef.Range.atLeast(1000),
            ConfigDef.Importance.LOW,
            "A part whose loop has not come round for so long counts as dead: /healthz answers 503.")
        .define(
            RESTART_MAX,
            ConfigDef.Type.INT,
            20,
            ConfigDef.Range.atLeast(1),
            ConfigDef.Importance.LOW,
            "A part that fails so many times in a row, with back-off up to ten seconds between, ends the service"
                + " with an error, for the platform to start it again.");
  }

  /**
   * What goes to the registry's client, by its own names: every key under {@code schema.registry.}.
   */
  public Map<String, Object> registry() {
    return originalsWithPrefix("schema.registry.", false);
  }

  /** Every key that is set or has a default, with secrets hidden; sorted. */
  public Map<String, String> redacted() {
    var shown = new TreeMap<String, String>();
    originals()
        .forEach(
            (key, value) -> shown.put(key, isSecret(key) ? Password.HIDDEN : value.toString()));
    values().forEach((key, value) -> shown.put(key, String.valueOf(value)));
    shown.replaceAll(
        (key, value) -> USER_INFO.matcher(value).replaceAll("://" + Password.HIDDEN + "@"));
    return shown;
  }

  private static boolean isSecret(String key) {
    String lower = key.toLowerCase(Locale.ROOT);
    return lower.contains("password")
        || lower.contains("secret")
        || lower.contains("jaas")
        || lower.contains("credential")
        || lower.contains("user.info")
        || lower.contains("token")
        || lower.endsWith(".key");
  }

  private static void checkRegistryUrl(String key, Object value) {
    if (!value.toString().matches("https?://[^,\\s]+(\\s*,\\s*https?://[^,\\s]+)*")) {
      throw new ConfigException(key + ": begin each URL with http:// or https://");
    }
  }

  private static void checkDeployment(String key, Object value) {
    if (!value.toString().matches("[a-z0-9][a-z0-9-]{0,39}")) {
      throw new ConfigException(key, value, "use up to 40 lower-case letters, digits and '-'");
    }
  }
}
