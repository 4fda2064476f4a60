package io.promptferry.local.stack;

import io.promptferry.gemini.GeminiSettings;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.local.live.LiveAccess;
import io.promptferry.stack.StackException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * The configuration files of the services of a stack: the small waits of a demonstration, and all
 * that they keep inside the service's own folder.
 *
 * @param bootstrap of the broker
 * @param registry of the schema registry
 * @param provider the base URL of the simulator, or of Gemini
 * @param live whether it is Gemini itself, whose key is in each service's environment
 */
record ServiceFiles(String bootstrap, String registry, String provider, boolean live) {

  static final String BATCHER = "batcher";
  static final String POLLER = "poller";
  static final String COLLECTOR = "collector";

  /** One instance of each. */
  static final List<String> SERVICES = List.of(BATCHER, POLLER, COLLECTOR);

  /** The model of prompts that name none. */
  static final String MODEL = "gemini-2.5-flash";

  static final int MOST_REQUESTS = 1000;

  /** The simulator's default key. */
  static final String API_KEY = "simulator";

  /** Others may use the same project, under the default name. */
  private static final String LIVE_DEPLOYMENT = "promptferry-local";

  /** The service that an instance is of: {@code batcher} for {@code batcher-2}. */
  static String serviceOf(String instance) {
    return instance.replaceFirst("-\\d+$", "");
  }

  /**
   * Writes a service's file and makes its folder.
   *
   * @param overrides go over what is usual
   * @return the file
   */
  Path write(String instance, Path folder, int port, Map<String, String> overrides) {
    Properties properties = new Properties();
    properties.putAll(values(serviceOf(instance), folder, port));
    if (overrides.containsKey(Accounts.KEYS_DIR)) {
      properties.remove(GeminiSettings.API_KEY);
    }
    properties.putAll(overrides);
    Path file = folder.resolve(instance + ".properties");
    try {
      Files.createDirectories(folder);
      try (Writer out = Files.newBufferedWriter(file)) {
        properties.store(out, "Written anew at each start.");
      }
    } catch (IOException e) {
      throw new StackException("cannot write " + file + ": choose another folder", e);
    }
    return file;
  }

  Map<String, String> values(String service, Path folder, int port) {
    Map<String, String> values = new TreeMap<>();
    values.put("kafka.bootstrap.servers", bootstrap);
    values.put("schema.registry.url", registry);
    values.put("http.host", "127.0.0.1");
    values.put("http.port", Integer.toString(port));
    values.put("gemini.api.key", live ? LiveAccess.REFERENCE : API_KEY);
    values.put("gemini.base.url", provider);
    if (live) {
      values.put("deployment", LIVE_DEPLOYMENT);
    }
    // Instead of 45 s until the partitions of a killed service go to its successor.
    values.put("kafka.consumer.session.timeout.ms", "6000");
    switch (service) {
      case BATCHER -> {
        values.put("prompt.default.model", MODEL);
        values.put("batch.linger.ms", "2000");
        values.put("batch.max.requests", Integer.toString(MOST_REQUESTS));
        values.put("state.dir", folder.resolve("state").toString());
        values.put("submit.spool.dir", folder.resolve("spool").toString());
        values.put("kafka.streams.consumer.session.timeout.ms", "6000");
      }
      case POLLER -> {
        if (!live) {
          values.put("poll.interval.first.ms", "250");
          values.put("poll.interval.longest.ms", "1000");
        }
      }
      case COLLECTOR -> {
        values.put("collect.spool.dir", folder.resolve("spool").toString());
        if (!live) {
          values.put("retry.first.ms", "1000");
          values.put("retry.longest.ms", "5000");
        }
      }
      default -> throw new IllegalArgumentException("no service is called " + service);
    }
    return values;
  }
}
