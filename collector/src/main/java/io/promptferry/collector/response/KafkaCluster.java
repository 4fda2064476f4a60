package io.promptferry.collector.response;

import io.promptferry.schemas.TopicAdmin;
import io.promptferry.schemas.Topics;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** The topics of a Kafka cluster. */
public record KafkaCluster(TopicAdmin admin) implements ResponseTopics.Cluster {

  @Override
  public Set<String> names() {
    return admin.names();
  }

  @Override
  public Set<String> missing(Collection<String> topics) {
    return admin.missing(topics);
  }

  @Override
  public void create(Topics.Spec topic) {
    admin.create(List.of(topic));
  }
}
