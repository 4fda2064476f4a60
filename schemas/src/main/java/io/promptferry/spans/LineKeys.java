package io.promptferry.spans;

import io.promptferry.records.Span;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The keys of the lines of a batch's input file: {@code <partition>-<offset>}, and {@code <topic
 * number>-<partition>-<offset>} where the batch holds prompts of several topics. The provider sends
 * them back, and by them alone an answer finds its prompt.
 */
public final class LineKeys {

  private static final Pattern FORM = Pattern.compile("(?:(\\d{1,4})-)?(\\d{1,9})-(\\d{1,18})");

  /** A prompt's place: topic number, partition and offset. */
  public record Place(int topic, int partition, long offset) {}

  /** By its id too: a topic that was deleted and made anew uses the same offsets again. */
  private record Topic(String name, String id) {
    static Topic of(Span span) {
      return new Topic(span.getTopic(), span.getTopicId());
    }
  }

  private final List<Span> spans;
  private final List<Topic> topics;

  public LineKeys(List<Span> spans) {
    this.spans = spans;
    this.topics = spans.stream().map(Topic::of).distinct().toList();
  }

  /** Where the prompt at this offset of the span stands. */
  public Place place(int span, long offset) {
    Span of = spans.get(span);
    return new Place(topics.indexOf(Topic.of(of)), of.getPartition(), offset);
  }

  /** The key of the prompt at this offset of the span. */
  public String key(int span, long offset) {
    Place place = place(span, offset);
    String key = place.partition() + "-" + offset;
    return topics.size() > 1 ? place.topic() + "-" + key : key;
  }

  /** What a key stands for, or nothing when it is none of this batch's form. */
  public Optional<Place> parse(String key) {
    Matcher matcher = FORM.matcher(key);
    if (!matcher.matches() || (matcher.group(1) != null) != topics.size() > 1) {
      return Optional.empty();
    }
    int topic = matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1));
    return Optional.of(
        new Place(topic, Integer.parseInt(matcher.group(2)), Long.parseLong(matcher.group(3))));
  }
}
