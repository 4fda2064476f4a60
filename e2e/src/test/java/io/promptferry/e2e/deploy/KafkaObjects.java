package io.promptferry.e2e.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptferry.schemas.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Strimzi's topics and users, and KEDA's triggers, against the topics and groups of the code. */
final class KafkaObjects {

  private static final String DEPLOYMENT = "promptferry";
  private static final Topics TOPICS = new Topics("");

  private KafkaObjects() {}

  /** What differs from the topics that {@code promptferry topics create} would make. */
  static List<String> topicProblems(List<Manifest> all, int promptPartitions, int innerPartitions) {
    var wanted = new TreeMap<String, String>();
    TOPICS
        .specs(promptPartitions, innerPartitions)
        .forEach(
            spec ->
                wanted.put(spec.name(), spec.partitions() + " " + new TreeMap<>(spec.settings())));
    var found = new TreeMap<String, String>();
    Manifest.ofKind(all, "KafkaTopic")
        .forEach(
            topic ->
                found.put(
                    topic.at("/spec/topicName").asText(),
                    topic.at("/spec/partitions").asText()
                        + " "
                        + Manifest.strings(topic.at("/spec/config"))));
    return differences("topic", wanted, found);
  }

  /** What users may that they need not, and need that they may not. */
  static List<String> rightProblems(List<Manifest> all) {
    var wanted = new TreeMap<String, String>();
    rights().forEach((user, rights) -> wanted.put(DEPLOYMENT + "-" + user, lines(rights)));
    var found = new TreeMap<String, String>();
    Manifest.ofKind(all, "KafkaUser")
        .forEach(
            user ->
                found.put(
                    user.name(),
                    lines(
                        Manifest.items(user.at("/spec/authorization/acls"))
                            .map(KafkaObjects::right)
                            .collect(Collectors.toSet()))));
    return differences("user", wanted, found);
  }

  private static String right(JsonNode acl) {
    String operations =
        Manifest.items(acl.path("operations"))
            .map(JsonNode::asText)
            .sorted()
            .collect(Collectors.joining(" "));
    JsonNode resource = acl.path("resource");
    return "%s %s %s: %s%s"
        .formatted(
            resource.path("patternType").asText(),
            resource.path("type").asText(),
            resource.path("name").asText(),
            operations,
            acl.has("host") || acl.has("type") ? " and more" : "");
  }

  /** The table of topics of the design: who writes and who reads each; and the groups and ids. */
  private static Map<String, Set<String>> rights() {
    var topics = new TreeSet<String>();
    TOPICS.specs(1, 1).forEach(spec -> topics.add(topic(spec.name(), "Create")));
    return Map.of(
        "topics",
        topics,
        "batcher",
        Set.of(
            topic(TOPICS.prompts(), "DescribeConfigs Read"),
            topic(TOPICS.deadLetters(), "DescribeConfigs Read Write"),
            topic(TOPICS.slices(), "DescribeConfigs Read Write"),
            topic(TOPICS.batches(), "Read Write"),
            topic(TOPICS.jobs(), "Read Write"),
            topic(TOPICS.jobStates(), "Read"),
            prefix("topic", "-assemble-", "Create Read Write"),
            group("slice", "Read"),
            group("assemble", "Read"),
            group("submit", "Read"),
            prefix("transactionalId", "-slice-", "Write"),
            prefix("transactionalId", "-assemble-", "Write"),
            prefix("transactionalId", "-submit-", "Write")),
        "poller",
        Set.of(
            topic(TOPICS.jobs(), "Read"),
            topic(TOPICS.jobStates(), "Read Write"),
            group("poller", "Read")),
        "collector",
        Set.of(
            topic(TOPICS.jobStates(), "Read"),
            topic(TOPICS.prompts(), "Read"),
            topic(TOPICS.deadLetters(), "Read"),
            topic(TOPICS.receipts(), "Read Write"),
            topic(TOPICS.slices(), "Write"),
            topic(TOPICS.responses(), "DescribeConfigs Write"),
            "prefix topic " + TOPICS.responses() + ".: Create Write",
            group("collect", "Read"),
            group("collect-dlq", "Read"),
            prefix("transactionalId", "-collector-", "Write")),
        "keda",
        Set.of(
            topic(TOPICS.prompts(), "Describe"),
            topic(TOPICS.jobStates(), "Describe"),
            group("slice", "Describe"),
            group("collect", "Describe")));
  }

  private static String topic(String name, String operations) {
    return "literal topic " + name + ": " + operations;
  }

  private static String group(String name, String operations) {
    return "literal group " + DEPLOYMENT + "-" + name + ": " + operations;
  }

  private static String prefix(String type, String name, String operations) {
    return "prefix " + type + " " + DEPLOYMENT + name + ": " + operations;
  }

  /**
   * Scaling by anything but the lag of slicing and of collecting, or to more instances than have
   * work.
   */
  static List<String> scalingProblems(List<Manifest> all, int innerPartitions) {
    Map<String, String> allowed =
        Map.of(
            "promptferry-batcher", DEPLOYMENT + "-slice on " + TOPICS.prompts(),
            "promptferry-collector", DEPLOYMENT + "-collect on " + TOPICS.jobStates());
    var problems = new ArrayList<String>();
    Manifest.ofKind(all, "ScaledObject")
        .forEach(
            scaled -> {
              JsonNode lag = scaled.at("/spec/triggers/0/metadata");
              String by = lag.path("consumerGroup").asText() + " on " + lag.path("topic").asText();
              if (!by.equals(allowed.get(scaled.at("/spec/scaleTargetRef/name").asText()))
                  || scaled.at("/spec/triggers").size() != 1) {
                problems.add(scaled + ": is not to be scaled by " + by);
              }
              if (scaled.at("/spec/maxReplicaCount").asInt() != innerPartitions) {
                problems.add(
                    scaled + ": maxReplicaCount is to be " + innerPartitions + ", the partitions");
              }
              String kafka = lag.path("bootstrapServers").asText();
              if (Manifest.ofKind(all, "ConfigMap")
                  .noneMatch(
                      map ->
                          map.at("/data/PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS")
                              .asText()
                              .equals(kafka))) {
                problems.add(scaled + ": the services find Kafka elsewhere than at " + kafka);
              }
            });
    return problems;
  }

  private static String lines(Set<String> rights) {
    return String.join("\n  ", new TreeSet<>(rights));
  }

  private static List<String> differences(
      String what, Map<String, String> wanted, Map<String, String> found) {
    var names = new TreeSet<>(wanted.keySet());
    names.addAll(found.keySet());
    return names.stream()
        .filter(name -> !wanted.getOrDefault(name, "").equals(found.get(name)))
        .map(
            name ->
                "%s %s is to be%n  %s%nand is%n  %s"
                    .formatted(what, name, wanted.get(name), found.get(name)))
        .toList();
  }
}
