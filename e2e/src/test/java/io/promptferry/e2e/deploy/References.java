package io.promptferry.e2e.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether what objects name is there: other objects, pods by their labels, volumes, ports. */
final class References {

  private final List<Manifest> all;
  private final Set<String> secretsFromOutside;
  private final List<Workload> workloads;
  private final List<String> problems = new ArrayList<>();

  private References(List<Manifest> all, Set<String> secretsFromOutside) {
    this.all = all;
    this.secretsFromOutside = secretsFromOutside;
    this.workloads = Workload.of(all);
  }

  /**
   * What is named and not there.
   *
   * @param secretsFromOutside Secrets that a person makes
   */
  static List<String> problems(List<Manifest> all, Set<String> secretsFromOutside) {
    var check = new References(all, secretsFromOutside);
    check.workloads.forEach(check::pods);
    check.selectors();
    check.scaling();
    return check.problems;
  }

  private void pods(Workload workload) {
    JsonNode pod = workload.pod();
    String account = pod.path("serviceAccountName").asText("default");
    require(workload, "ServiceAccount", account.equals("default") ? "" : account);
    for (JsonNode container : workload.containers()) {
      container
          .path("envFrom")
          .forEach(from -> require(workload, "ConfigMap", from.at("/configMapRef/name").asText()));
      mounts(workload, container);
    }
    pod.path("volumes").forEach(volume -> secret(workload, volume.at("/secret/secretName")));
    if (!workload.manifest().kind().equals("Job")) {
      check(
          workload.isSelectedBy(workload.manifest().at("/spec/selector")),
          workload + ": its selector does not take its own pods");
      pod.path("topologySpreadConstraints")
          .forEach(
              spread ->
                  check(
                      workload.isSelectedBy(spread.path("labelSelector")),
                      workload + ": is spread by the labels of other pods"));
    }
    if (workload.manifest().kind().equals("StatefulSet")) {
      require(workload, "Service", workload.manifest().at("/spec/serviceName").asText());
    }
  }

  private void mounts(Workload workload, JsonNode container) {
    var volumes = new HashSet<String>();
    workload.pod().path("volumes").forEach(volume -> volumes.add(volume.path("name").asText()));
    workload
        .manifest()
        .at("/spec/volumeClaimTemplates")
        .forEach(claim -> volumes.add(claim.at("/metadata/name").asText()));
    Set<String> mounted =
        Manifest.items(container.path("volumeMounts"))
            .map(mount -> mount.path("name").asText())
            .collect(Collectors.toSet());
    check(
        volumes.equals(mounted),
        "%s: has the volumes %s and mounts %s".formatted(workload, volumes, mounted));
  }

  private void selectors() {
    Manifest.ofKind(all, "Service")
        .forEach(
            service -> {
              JsonNode ports = service.at("/spec/ports");
              List<Workload> taken = taken(service, service.at("/spec/selector"), true);
              for (JsonNode port : ports) {
                String target = port.path("targetPort").asText();
                check(
                    taken.stream()
                        .allMatch(one -> one.hasPort(target, port.path("targetPort").asInt())),
                    service + ": no port " + target + " at the pods");
                check(
                    taken.stream().allMatch(one -> one.hasPort("", port.path("port").asInt())),
                    service + ": another port than the pods'");
              }
            });
    Manifest.ofKind(all, "PodDisruptionBudget")
        .forEach(
            budget ->
                check(
                    taken(budget, budget.at("/spec/selector"), false).size() == 1,
                    budget + ": is to be of one workload"));
    Manifest.ofKind(all, "NetworkPolicy")
        .forEach(policy -> taken(policy, policy.at("/spec/podSelector"), false));
    Manifest.ofKind(all, "PodMonitor")
        .forEach(
            monitor ->
                taken(monitor, monitor.at("/spec/selector"), false)
                    .forEach(
                        pods ->
                            monitor
                                .at("/spec/podMetricsEndpoints")
                                .forEach(
                                    end ->
                                        check(
                                            pods.hasPort(end.path("port").asText(), -1),
                                            monitor + ": no such port at " + pods))));
  }

  private List<Workload> taken(Manifest by, JsonNode selector, boolean bare) {
    JsonNode labels =
        bare ? JsonNodeFactory.instance.objectNode().set("matchLabels", selector) : selector;
    List<Workload> taken = workloads.stream().filter(one -> one.isSelectedBy(labels)).toList();
    check(!taken.isEmpty(), by + ": its selector takes no pods");
    return taken;
  }

  private void scaling() {
    Manifest.ofKind(all, "ScaledObject")
        .forEach(
            scaled -> {
              String kind = scaled.at("/spec/scaleTargetRef/kind").asText();
              String name = scaled.at("/spec/scaleTargetRef/name").asText();
              check(exists(kind, name), scaled + ": there is no " + kind + " " + name);
              check(
                  workloads.stream()
                      .map(Workload::manifest)
                      .filter(one -> one.kind().equals(kind) && one.name().equals(name))
                      .allMatch(one -> one.at("/spec/replicas").isMissingNode()),
                  scaled + ": " + name + " must leave its replicas open");
              scaled
                  .at("/spec/triggers")
                  .forEach(
                      trigger ->
                          check(
                              exists(
                                  "TriggerAuthentication",
                                  trigger.at("/authenticationRef/name").asText()),
                              scaled + ": its authenticationRef is not there"));
            });
    Manifest.ofKind(all, "TriggerAuthentication")
        .forEach(
            one -> one.at("/spec/secretTargetRef").forEach(key -> secret(one, key.path("name"))));
  }

  private void secret(Object by, JsonNode name) {
    check(
        name.isMissingNode()
            || secretsFromOutside.contains(name.asText())
            || exists("Secret", name.asText()),
        by + ": the Secret " + name.asText() + " is neither there nor told of");
  }

  private void require(Workload by, String kind, String name) {
    check(name.isEmpty() || exists(kind, name), by + ": there is no " + kind + " " + name);
  }

  private boolean exists(String kind, String name) {
    return Manifest.ofKind(all, kind).anyMatch(one -> one.name().equals(name));
  }

  private void check(boolean holds, String problem) {
    if (!holds) {
      problems.add(problem);
    }
  }
}
