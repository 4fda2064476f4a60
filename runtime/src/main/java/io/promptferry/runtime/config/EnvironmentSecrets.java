package io.promptferry.runtime.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.provider.ConfigProvider;

/** {@code ${env:NAME}}: the value of an environment variable. */
final class EnvironmentSecrets implements ConfigProvider {

  // Kafka's own EnvVarConfigProvider leaves an unset variable standing as ${env:NAME}, which then
  // is the password.
  private final Map<String, String> environment;

  EnvironmentSecrets(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public ConfigData get(String path) {
    return get(path, Set.of());
  }

  @Override
  public ConfigData get(String path, Set<String> names) {
    var values = new HashMap<String, String>();
    for (String name : names) {
      String value = environment.get(name);
      if (value == null) {
        throw new ConfigException(
            "the configuration asks for ${env:" + name + "}: set that variable");
      }
      values.put(name, value);
    }
    return new ConfigData(values);
  }

  @Override
  public void configure(Map<String, ?> configs) {}

  @Override
  public void close() {}
}
