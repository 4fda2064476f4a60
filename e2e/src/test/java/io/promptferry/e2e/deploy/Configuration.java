package io.promptferry.e2e.deploy;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Quantity;
import io.promptferry.runtime.config.ServiceConfig;
import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Whether the containers would start as they are configured: by the services' own rules, with every
 * path on a volume, every port open, and room for what they keep there.
 */
final class Configuration {

  /** The paths of the status port, which its key's description names. */
  private static final Set<String> STATUS_PATHS =
      Pattern.compile("/[a-z]+")
          .matcher(
              requireNonNull(ServiceConfig.define().configKeys().get(ServiceConfig.HTTP_PORT))
                  .documentation)
          .results()
          .map(hit -> hit.group())
          .collect(Collectors.toUnmodifiableSet());

  /** A file system keeps a twentieth for root, and its own tables. */
  private static final BigDecimal FILE_SYSTEM = new BigDecimal("1.1");

  private final List<Manifest> all;
  private final List<String> problems = new ArrayList<>();

  private Configuration(List<Manifest> all) {
    this.all = all;
  }

  static List<String> problems(List<Manifest> all) {
    var check = new Configuration(all);
    for (Workload workload : Workload.of(all)) {
      List<Launch> launches = workload.launches(all);
      for (int i = 0; i < launches.size(); i++) {
        check.launch(workload, workload.containers().get(i), launches.get(i));
      }
    }
    check.monitors();
    return check.problems;
  }

  private void launch(Workload workload, JsonNode container, Launch launch) {
    problems.addAll(launch.problems());
    launch.service().ifPresent(service -> service(workload, container, launch));
    if (launch.service().isPresent() || launch.args().contains("topics")) {
      addresses(launch).forEach(port -> egress(workload, port));
    }
  }

  private void service(Workload workload, JsonNode container, Launch launch) {
    launch
        .paths()
        .forEach(
            path ->
                check(
                    !volume(workload, container, path).isMissingNode(),
                    workload + ": " + path + " is on no volume"));
    int port = Integer.parseInt(launch.value("http.port"));
    check(workload.hasPort("", port), workload + ": containerPort is not http.port, " + port);
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      String path = container.path(probe).at("/httpGet/path").asText();
      check(STATUS_PATHS.contains(path), workload + ": " + probe + " asks for " + path);
    }
    switch (launch.args().get(0)) {
      case "collector" ->
          room(
              workload,
              container,
              launch.value("collect.spool.dir"),
              new BigDecimal(launch.value("collect.spool.max.bytes")));
      case "batcher" ->
          room(
              workload,
              container,
              launch.value("submit.spool.dir"),
              new BigDecimal(launch.value("batch.max.bytes"))
                  .multiply(BigDecimal.valueOf(innerPartitions(all))));
      default -> {
        // Keeps nothing.
      }
    }
  }

  /** How many partitions the Job makes for each inner topic. */
  static int innerPartitions(List<Manifest> all) {
    return Workload.of(all).stream()
        .flatMap(workload -> workload.launches(all).stream())
        .filter(launch -> launch.args().contains("topics"))
        .map(launch -> launch.args().get(launch.args().indexOf("--partitions") + 1))
        .mapToInt(Integer::parseInt)
        .findFirst()
        .orElse(0);
  }

  private void room(Workload workload, JsonNode container, String folder, BigDecimal needed) {
    JsonNode volume = volume(workload, container, folder);
    String size =
        volume.has("emptyDir")
            ? volume.at("/emptyDir/sizeLimit").asText("0")
            : volume
                .at("/ephemeral/volumeClaimTemplate/spec/resources/requests/storage")
                .asText("0");
    check(
        Quantity.getAmountInBytes(Quantity.parse(size)).compareTo(needed.multiply(FILE_SYSTEM))
            >= 0,
        "%s: %s has %s, and up to %s bytes go there".formatted(workload, folder, size, needed));
  }

  /** The volume, or the claim, that a path is on. */
  private static JsonNode volume(Workload workload, JsonNode container, String path) {
    String name =
        Manifest.items(container.path("volumeMounts"))
            .filter(mount -> (path + "/").startsWith(mount.path("mountPath").asText() + "/"))
            .map(mount -> mount.path("name").asText())
            .findFirst()
            .orElse("");
    return Manifest.items(workload.pod().path("volumes"))
        .filter(volume -> volume.path("name").asText().equals(name))
        .findFirst()
        .orElse(claim(workload, name));
  }

  private static JsonNode claim(Workload workload, String name) {
    return Manifest.items(workload.manifest().at("/spec/volumeClaimTemplates"))
        .filter(claim -> claim.at("/metadata/name").asText().equals(name))
        .findFirst()
        .orElse(workload.pod().path("no such volume"));
  }

  /** The ports that it talks to. */
  private static List<Integer> addresses(Launch launch) {
    var ports = new ArrayList<Integer>();
    Arrays.stream(launch.value("kafka.bootstrap.servers").split(",", -1))
        .filter(server -> server.contains(":"))
        .forEach(
            server -> ports.add(Integer.valueOf(server.substring(server.lastIndexOf(':') + 1))));
    for (String key : List.of("schema.registry.url", "gemini.base.url")) {
      if (!launch.value(key).isEmpty()) {
        URI uri = URI.create(launch.value(key).split(",", 2)[0]);
        ports.add(uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80);
      }
    }
    return ports;
  }

  private void egress(Workload workload, int port) {
    check(
        Manifest.ofKind(all, "NetworkPolicy")
            .filter(policy -> workload.isSelectedBy(policy.at("/spec/podSelector")))
            .flatMap(policy -> Manifest.items(policy.at("/spec/egress")))
            .flatMap(rule -> Manifest.items(rule.path("ports")))
            .anyMatch(open -> open.path("port").asInt() == port),
        workload + ": no NetworkPolicy lets it out to port " + port);
  }

  private void monitors() {
    Manifest.ofKind(all, "PodMonitor")
        .flatMap(monitor -> Manifest.items(monitor.at("/spec/podMetricsEndpoints")))
        .map(end -> end.path("path").asText("/metrics"))
        .forEach(path -> check(STATUS_PATHS.contains(path), "PodMonitor: asks for " + path));
  }

  private void check(boolean holds, String problem) {
    if (!holds) {
      problems.add(problem);
    }
  }
}
