package io.promptferry.spans;

import io.promptferry.records.Span;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * The spans of a list that lie in one partition, as one way through it. Retries make them several:
 * prompts of one partition with different histories are spans of their own.
 *
 * @param first the least place in the list among them, which names the course
 */
record Course(int first, TopicPartition partition, String topicId, List<Member> members) {

  /** A span and its place in the list. */
  record Member(int place, Span span) {}

  /** A run and the place of its span in the list. */
  record Leg(int span, Run run) {}

  /** By its id too: a topic that was deleted and made anew uses the same offsets again. */
  private record Where(TopicPartition partition, String topicId) {
    static Where of(Span span) {
      return new Where(new TopicPartition(span.getTopic(), span.getPartition()), span.getTopicId());
    }
  }

  /** The courses of a list, in the order in which their partitions first appear. */
  static List<Course> of(List<Span> spans) {
    var members = new LinkedHashMap<Where, List<Member>>();
    for (int i = 0; i < spans.size(); i++) {
      members
          .computeIfAbsent(Where.of(spans.get(i)), where -> new ArrayList<>())
          .add(new Member(i, spans.get(i)));
    }
    var courses = new ArrayList<Course>();
    members.forEach(
        (where, of) ->
            courses.add(
                new Course(
                    of.get(0).place(), where.partition(), where.topicId(), List.copyOf(of))));
    return courses;
  }

  /** The runs of all, by their first offset. */
  List<Leg> legs() {
    var legs = new ArrayList<Leg>();
    for (Member member : members) {
      Runs.decode(member.span().getRuns()).forEach(run -> legs.add(new Leg(member.place(), run)));
    }
    legs.sort(Comparator.comparingLong(leg -> leg.run().first()));
    return legs;
  }
}
