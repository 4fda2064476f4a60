package io.promptferry.e2e.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What every pod of ours has to say: the <a
 * href="https://kubernetes.io/docs/concepts/security/pod-security-standards/">restricted</a>
 * standard and a little more.
 */
final class RestrictedPods {

  private RestrictedPods() {}

  static List<String> problems(List<Manifest> all) {
    var problems = new ArrayList<String>();
    for (Workload workload : Workload.of(all)) {
      var say = new Demands(workload.toString(), problems);
      pod(workload, say);
      workload.containers().forEach(container -> container(workload, container, say));
    }
    return problems;
  }

  private static void pod(Workload workload, Demands say) {
    JsonNode pod = workload.pod();
    say.equal(pod, "/securityContext/runAsNonRoot", "true");
    say.equal(pod, "/securityContext/runAsUser", "10001");
    say.equal(pod, "/securityContext/fsGroup", "10001");
    say.equal(pod, "/securityContext/seccompProfile/type", "RuntimeDefault");
    say.equal(pod, "/automountServiceAccountToken", "false");
    // Variables of Services named promptferry-… would be taken for configuration keys.
    say.equal(pod, "/enableServiceLinks", "false");
    for (String taken : List.of("hostNetwork", "hostPID", "hostIPC")) {
      say.equal(pod, "/" + taken, "");
    }
    for (JsonNode volume : pod.path("volumes")) {
      say.that(!volume.has("hostPath"), "volumes: no hostPath");
      say.that(
          !volume.has("emptyDir") || volume.at("/emptyDir").has("sizeLimit"),
          "volumes: an emptyDir has a sizeLimit");
    }
  }

  private static void container(Workload workload, JsonNode container, Demands say) {
    say.equal(container, "/securityContext/allowPrivilegeEscalation", "false");
    say.equal(container, "/securityContext/readOnlyRootFilesystem", "true");
    say.equal(container, "/securityContext/capabilities/drop/0", "ALL");
    say.equal(container, "/command", "");
    say.that(
        Manifest.items(container.path("volumeMounts"))
            .anyMatch(mount -> mount.path("mountPath").asText().equals("/tmp")),
        "volumeMounts: something writable at /tmp");
    say.that(!container.at("/resources/requests/memory").isMissingNode(), "requests.memory is set");
    say.that(
        container.at("/resources/limits/memory").equals(container.at("/resources/requests/memory")),
        "limits.memory is requests.memory");
    String image = container.path("image").asText();
    say.that(
        image.matches("(.*/)?promptferry:.+") && !image.endsWith(":latest"),
        "the image is promptferry with a tag, not " + image);
    if (!workload.manifest().kind().equals("Job")) {
      say.that(container.has("livenessProbe"), "has a livenessProbe");
      say.that(container.has("readinessProbe"), "has a readinessProbe");
    }
  }

  private record Demands(String where, List<String> problems) {

    void equal(JsonNode node, String pointer, String wanted) {
      String found = node.at(pointer).asText();
      that(
          found.equals(wanted) && !(wanted.isEmpty() && node.at(pointer).size() > 0),
          "%s is to be '%s', not '%s'".formatted(pointer, wanted, found));
    }

    void that(boolean holds, String demand) {
      if (!holds) {
        problems.add(where + ": " + demand);
      }
    }
  }
}
