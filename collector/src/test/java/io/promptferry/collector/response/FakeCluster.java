package io.promptferry.collector.response;

import io.promptferry.schemas.Topics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The topics of a cluster, some of which it refuses to make. */
public final class FakeCluster implements ResponseTopics.Cluster {

  private final Set<String> names = new TreeSet<>();
  private final Map<String, RuntimeException> refusals = new HashMap<>();
  private final List<Topics.Spec> asked = new ArrayList<>();
  private Runnable afterMissing = () -> {};
  private int listed;

  public FakeCluster(String... names) {
    this.names.addAll(List.of(names));
  }

  void refuse(String topic, RuntimeException refusal) {
    refusals.put(topic, refusal);
  }

  void permit(String topic) {
    refusals.remove(topic);
  }

  /** Another one makes a topic. */
  void add(String topic) {
    names.add(topic);
  }

  void delete(String topic) {
    names.remove(topic);
  }

  /** Happens right after the question what is missing was answered. */
  void onMissing(Runnable event) {
    afterMissing = event;
  }

  List<Topics.Spec> asked() {
    return asked;
  }

  int listed() {
    return listed;
  }

  @Override
  public Set<String> names() {
    listed++;
    return Set.copyOf(names);
  }

  @Override
  public Set<String> missing(Collection<String> topics) {
    var missing = new TreeSet<>(topics);
    missing.removeAll(names);
    afterMissing.run();
    return missing;
  }

  @Override
  public void create(Topics.Spec topic) {
    asked.add(topic);
    RuntimeException refusal = refusals.get(topic.name());
    if (refusal != null) {
      throw refusal;
    }
    names.add(topic.name());
  }
}
