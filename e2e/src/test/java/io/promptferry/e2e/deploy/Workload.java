package io.promptferry.e2e.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What runs pods. */
record Workload(Manifest manifest) {

  private static final Set<String> KINDS = Set.of("Deployment", "StatefulSet", "Job");

  static List<Workload> of(List<Manifest> all) {
    return all.stream().filter(one -> KINDS.contains(one.kind())).map(Workload::new).toList();
  }

  JsonNode pod() {
    return manifest.at("/spec/template/spec");
  }

  Map<String, String> podLabels() {
    return Manifest.strings(manifest.at("/spec/template/metadata/labels"));
  }

  List<JsonNode> containers() {
    return Stream.of("containers", "initContainers")
        .flatMap(name -> Manifest.items(pod().path(name)))
        .toList();
  }

  /** Each container with the variables that it would have. */
  List<Launch> launches(List<Manifest> all) {
    return containers().stream()
        .map(
            container ->
                new Launch(
                    manifest.toString(),
                    Manifest.items(container.path("args")).map(JsonNode::asText).toList(),
                    environment(container, all)))
        .toList();
  }

  private static Map<String, String> environment(JsonNode container, List<Manifest> all) {
    var values = new TreeMap<String, String>();
    for (JsonNode from : container.path("envFrom")) {
      String name = from.at("/configMapRef/name").asText();
      Manifest.ofKind(all, "ConfigMap")
          .filter(map -> map.name().equals(name))
          .forEach(map -> values.putAll(Manifest.strings(map.at("/data"))));
    }
    for (JsonNode variable : container.path("env")) {
      // From a Secret: some value.
      values.put(variable.path("name").asText(), variable.path("value").asText("x"));
    }
    return values;
  }

  /** Whether a label selector takes these pods. */
  boolean isSelectedBy(JsonNode selector) {
    Map<String, String> labels = podLabels();
    boolean all =
        Manifest.strings(selector.path("matchLabels")).entrySet().stream()
            .allMatch(wanted -> wanted.getValue().equals(labels.get(wanted.getKey())));
    return all
        && Manifest.items(selector.path("matchExpressions"))
            .allMatch(
                wanted ->
                    wanted.path("operator").asText().equals("In")
                        && Manifest.items(wanted.path("values"))
                            .anyMatch(
                                value ->
                                    value
                                        .asText()
                                        .equals(labels.get(wanted.path("key").asText()))));
  }

  boolean hasPort(String name, int number) {
    return containers().stream()
        .flatMap(container -> Manifest.items(container.path("ports")))
        .anyMatch(
            port ->
                port.path("name").asText().equals(name)
                    || port.path("containerPort").asInt() == number);
  }

  @Override
  public String toString() {
    return manifest.toString();
  }
}
