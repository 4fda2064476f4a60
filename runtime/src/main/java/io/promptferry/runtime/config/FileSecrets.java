package io.promptferry.runtime.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.provider.ConfigProvider;

/** {@code ${file:/run/secrets/key}}: the whole of a file without the white space at its ends. */
final class FileSecrets implements ConfigProvider {

  @Override
  public ConfigData get(String path) {
    return get(path, Set.of());
  }

  @Override
  public ConfigData get(String path, Set<String> names) {
    var values = new HashMap<String, String>();
    for (String name : names) {
      // A path with a colon arrives cut in two.
      String file = path.isEmpty() ? name : path + ":" + name;
      try {
        values.put(name, Files.readString(Path.of(file)).trim());
      } catch (IOException e) {
        throw new ConfigException(
            "the configuration asks for ${file:" + file + "}, which cannot be read: " + e);
      }
    }
    return new ConfigData(values);
  }

  @Override
  public void configure(Map<String, ?> configs) {}

  @Override
  public void close() {}
}
