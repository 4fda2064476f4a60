package io.promptferry.batcher.lane;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.schemas.Lanes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Which headers and attributes of a prompt become labels of its lane. */
final class LaneLabels {

  /** The most characters of a label's value. */
  static final int MAX_LENGTH = 100;

  private static final Pattern ITEM = Pattern.compile("(header|attribute):([a-zA-Z0-9._-]{1,50})");

  /** What lane.overrides calls the other parts of a lane, and what tells parts of a split batch. */
  static final Set<String> TAKEN = Set.of("model", "account", "kind", Lanes.PART);

  /** Where a label comes from. */
  private record Source(boolean header, String name) {}

  private final List<Source> sources;

  private LaneLabels(List<Source> sources) {
    this.sources = sources;
  }

  /**
   * Reads {@code header:NAME} and {@code attribute:NAME}.
   *
   * @param key of the configuration, for the message
   * @throws ConfigException when an item is neither, or its name is no label's
   */
  static LaneLabels parse(String key, List<String> items) {
    return new LaneLabels(items.stream().map(item -> source(key, item)).toList());
  }

  private static Source source(String key, String item) {
    Matcher parts = ITEM.matcher(item);
    if (!parts.matches()) {
      throw new ConfigException(
          key, item, "write header:NAME or attribute:NAME, NAME of letters, digits, '.', '_', '-'");
    }
    if (TAKEN.contains(parts.group(2))) {
      throw new ConfigException(key, item, "every lane has " + parts.group(2) + " already");
    }
    return new Source(parts.group(1).equals("header"), parts.group(2));
  }

  /** The names that labels may have. */
  Set<String> names() {
    return sources.stream().map(Source::name).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * The labels of a prompt. Of several sources for one name the first counts that has a value; one
   * that is empty counts as none.
   *
   * @return nothing when a value is too long for a label, or a header's is no UTF-8
   */
  Optional<Map<String, String>> of(Headers headers, Map<String, String> attributes) {
    var labels = new LinkedHashMap<String, String>();
    try {
      for (Source source : sources) {
        String value = value(source, headers, attributes);
        if (value != null && !value.isEmpty()) {
          labels.putIfAbsent(source.name(), value);
        }
      }
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
    boolean fit = labels.values().stream().allMatch(value -> value.length() <= MAX_LENGTH);
    return fit ? Optional.of(labels) : Optional.empty();
  }

  private static @Nullable String value(
      Source source, Headers headers, Map<String, String> attributes)
      throws CharacterCodingException {
    if (!source.header()) {
      return attributes.get(source.name());
    }
    Header header = headers.lastHeader(source.name());
    return header == null || header.value() == null
        ? null
        : UTF_8.newDecoder().decode(ByteBuffer.wrap(header.value())).toString();
  }
}
