package io.promptferry.producer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.schemas.HeaderNames;
import io.promptferry.schemas.TopicNames;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Which topics hold the answers that are asked for, and which records on them they are: those of a
 * key stand on its own topic, or among others' on the shared one.
 *
 * @param template of a topic's name, with the prefix; {@code {key}} may stand in it
 * @param shared the topic of answers that have none of their own
 * @param keys whose answers are wanted
 * @param replyTopics those that the caller's prompts name in {@code replyTo}
 * @param all whether every key is wanted
 */
record Wanted(
    String template, String shared, Set<String> keys, Set<String> replyTopics, boolean all) {

  boolean reads(String topic) {
    return topic.equals(shared)
        || replyTopics.contains(topic)
        || (all ? topic.startsWith(fixed()) && (keyed() || topic.equals(template)) : own(topic));
  }

  /** Exactly the topics that {@link #reads} takes. */
  Pattern pattern() {
    var topics = new HashSet<String>(replyTopics);
    topics.add(shared);
    ownTopics().forEach(topics::add);
    String named = topics.stream().map(Pattern::quote).collect(Collectors.joining("|"));
    return Pattern.compile(all && keyed() ? named + "|" + Pattern.quote(fixed()) + ".*" : named);
  }

  boolean wants(ConsumerRecord<byte[], ?> record) {
    String topic = record.topic();
    if (all || replyTopics.contains(topic) || (keyed() && own(topic))) {
      return true;
    }
    Header intended = record.headers().lastHeader(HeaderNames.INTENDED_TOPIC);
    return isWantedKey(record.key())
        || (intended != null && replyTopics.contains(new String(intended.value(), UTF_8)));
  }

  private boolean isWantedKey(byte @Nullable [] key) {
    // By its bytes: what is no UTF-8 would become a text that it is not.
    return key != null && keys.stream().anyMatch(text -> Arrays.equals(text.getBytes(UTF_8), key));
  }

  private boolean own(String topic) {
    return ownTopics().contains(topic);
  }

  private Set<String> ownTopics() {
    return keyed()
        ? keys.stream()
            .map(key -> TopicNames.of(template, key.getBytes(UTF_8)))
            .collect(Collectors.toUnmodifiableSet())
        : Set.of(template);
  }

  private boolean keyed() {
    return template.contains(TopicNames.KEY);
  }

  private String fixed() {
    return template.replace(TopicNames.KEY, "");
  }
}
