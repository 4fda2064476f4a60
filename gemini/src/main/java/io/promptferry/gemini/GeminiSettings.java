package io.promptferry.gemini;

import java.net.URI;
import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;

/**
 * How Gemini is reached. Nothing here is taken from the environment variables that the SDK knows
 * ({@code GOOGLE_API_KEY}, {@code GEMINI_API_KEY}, {@code GOOGLE_GEMINI_BASE_URL}).
 *
 * @param apiKey the key of one project; jobs and files are seen by that project only
 * @param baseUrl scheme and host, with a path where a gateway needs one
 * @param connectTimeout bound on connecting
 * @param callTimeout bound on a whole call but a transfer, and on silence within any
 * @param transferTimeout bound on one transfer: a chunk of an upload, or one reply of a download
 * @param uploadChunkBytes size of one upload request; Gemini wants multiples of 256 KiB
 * @param transferAttempts how often in a row an upload or a download may break off before it counts
 *     as failed; one bound for both, since both go on where they broke off and cost nothing
 * @param listPageSize jobs or files asked for in one page of a list; of files 100 at most
 */
public record GeminiSettings(
    Password apiKey,
    String baseUrl,
    Duration connectTimeout,
    Duration callTimeout,
    Duration transferTimeout,
    int uploadChunkBytes,
    int transferAttempts,
    int listPageSize) {

  public static final String API_KEY = "gemini.api.key";
  public static final String BASE_URL = "gemini.base.url";
  public static final String CONNECT_TIMEOUT = "gemini.connect.timeout.ms";
  public static final String CALL_TIMEOUT = "gemini.call.timeout.ms";
  public static final String TRANSFER_TIMEOUT = "gemini.transfer.timeout.ms";
  public static final String UPLOAD_CHUNK = "gemini.upload.chunk.bytes";
  public static final String TRANSFER_ATTEMPTS = "gemini.transfer.attempts";
  public static final String LIST_PAGE_SIZE = "gemini.list.page.size";

  private static final int CHUNK_GRANULARITY = 256 * 1024;

  /** Checks what the validators of {@link #define} check too, for settings built by hand. */
  public GeminiSettings {
    checkKey(API_KEY, apiKey);
    checkUrl(BASE_URL, baseUrl);
    if (uploadChunkBytes < 1 || transferAttempts < 1 || listPageSize < 1) {
      throw new IllegalArgumentException("chunk, attempts and page size must be at least 1");
    }
  }

  /** Adds the keys to a definition and returns it. */
  public static ConfigDef define(ConfigDef def) {
    return def.define(
            API_KEY,
            ConfigDef.Type.PASSWORD,
            null,
            ConfigDef.LambdaValidator.with(
                (name, value) -> {
                  if (value != null) {
                    checkKey(name, value);
                  }
                },
                () -> "a Gemini API key"),
            Importance.HIGH,
            "The API key of the Gemini project that pays, account default. Jobs and files of another"
                + " project are not visible to it. For several accounts, or to change keys without"
                + " a restart, set gemini.keys.dir instead.")
        .define(
            BASE_URL,
            ConfigDef.Type.STRING,
            "https://generativelanguage.googleapis.com",
            ConfigDef.LambdaValidator.with(GeminiSettings::checkUrl, () -> "an http or https URL"),
            Importance.MEDIUM,
            "Where the Gemini API is reached: Google, a gateway, or the simulator.")
        .define(
            CONNECT_TIMEOUT,
            ConfigDef.Type.LONG,
            10_000L,
            Range.between(1L, 300_000L),
            Importance.LOW,
            "Milliseconds that connecting to the API may take.")
        .define(
            CALL_TIMEOUT,
            ConfigDef.Type.LONG,
            120_000L,
            Range.between(1L, 3_600_000L),
            Importance.LOW,
            "Milliseconds that one call may take, and that a transfer may be silent. A create that"
                + " exceeds it is in doubt and settled by looking, so too short costs work.")
        .define(
            TRANSFER_TIMEOUT,
            ConfigDef.Type.LONG,
            3_600_000L,
            Range.between(1L, 86_400_000L),
            Importance.LOW,
            "Milliseconds that one transfer may take: one chunk of an upload, or one reply of a download,"
                + " which then goes on with another.")
        .define(
            UPLOAD_CHUNK,
            ConfigDef.Type.INT,
            8 * 1024 * 1024,
            ConfigDef.LambdaValidator.with(
                GeminiSettings::checkChunk, () -> "a multiple of 262144, up to 268435456"),
            Importance.LOW,
            "Bytes sent in one upload request; the API wants multiples of 262144.")
        .define(
            TRANSFER_ATTEMPTS,
            ConfigDef.Type.INT,
            3,
            Range.between(1, 10),
            Importance.LOW,
            "How often in a row one upload or download may break off, without getting further, before"
                + " it counts as failed. Transfers cost nothing.")
        .define(
            LIST_PAGE_SIZE,
            ConfigDef.Type.INT,
            100,
            Range.between(1, 1_000),
            Importance.LOW,
            "Jobs or files asked for in one page when all of them are listed; the API gives 100 files at"
                + " most.");
  }

  /** The settings in a configuration whose definition went through {@link #define}. */
  public static GeminiSettings from(AbstractConfig config, Password apiKey) {
    return new GeminiSettings(
        apiKey,
        config.getString(BASE_URL),
        Duration.ofMillis(config.getLong(CONNECT_TIMEOUT)),
        Duration.ofMillis(config.getLong(CALL_TIMEOUT)),
        Duration.ofMillis(config.getLong(TRANSFER_TIMEOUT)),
        config.getInt(UPLOAD_CHUNK),
        config.getInt(TRANSFER_ATTEMPTS),
        config.getInt(LIST_PAGE_SIZE));
  }

  /** A key read from a file ends in a line feed more often than not. */
  String trimmedKey() {
    return apiKey.value().strip();
  }

  String trimmedUrl() {
    return baseUrl.replaceAll("/+$", "");
  }

  /**
   * Refuses what cannot be a key: a character that no header may hold would be reported by OkHttp
   * together with the key.
   *
   * @param name of the setting or file, for the message
   * @throws ConfigException that does not hold the value
   */
  public static void checkKey(String name, Object value) {
    String key = ((Password) value).value().strip();
    if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new ConfigException(name, "[hidden]", "must be a key without spaces, in one line");
    }
  }

  private static void checkUrl(String name, Object value) {
    try {
      URI uri = URI.create((String) value);
      if (uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null) {
        return;
      }
    } catch (IllegalArgumentException e) {
      // Told below, together with what is right.
    }
    throw new ConfigException(name, value, "must be a URL such as https://host or http://host:80");
  }

  private static void checkChunk(String name, Object value) {
    int bytes = (Integer) value;
    if (bytes < CHUNK_GRANULARITY || bytes > 1 << 28 || bytes % CHUNK_GRANULARITY != 0) {
      throw new ConfigException(name, value, "must be a multiple of 262144, up to 268435456");
    }
  }
}
