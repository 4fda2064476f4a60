package io.promptferry.e2e.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promptferry.e2e.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every overlay, and every component on top of one, as kustomize makes it. */
class OverlaysTest {

  private static final Pattern SECRET = Pattern.compile("secret generic ([a-z-]+)");

  private static Optional<Kustomize> kustomize = Optional.empty();

  @BeforeAll
  static void find() {
    kustomize = Kustomize.find();
    if (kustomize.isEmpty()) {
      System.out.println("the overlays are not rendered: kubectl is missing");
    }
    assumeTrue(kustomize.isPresent(), "kubectl is missing");
  }

  static List<Path> overlays() throws IOException {
    var folders = new ArrayList<Path>();
    try (Stream<Path> overlays = Files.list(DeployFolder.ROOT.resolve("overlays"))) {
      overlays.sorted().forEach(folders::add);
    }
    try (Stream<Path> components = Files.list(DeployFolder.ROOT.resolve("components"))) {
      for (Path component : components.sorted().toList()) {
        folders.add(onTopOfDev(component));
      }
    }
    return folders;
  }

  /** A folder that uses the component alone; kustomize takes relative paths only. */
  private static Path onTopOfDev(Path component) throws IOException {
    Path folder = Path.of("target", "dev-with-" + component.getFileName()).toAbsolutePath();
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("kustomization.yaml"),
        """
        apiVersion: kustomize.config.k8s.io/v1beta1
        kind: Kustomization
        resources: ["%s"]
        components: ["%s"]
        """
            .formatted(
                folder.relativize(DeployFolder.ROOT.resolve("overlays/dev")),
                folder.relativize(component)));
    return folder;
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void wouldRun(Path overlay) throws IOException, InterruptedException {
    List<Manifest> all = kustomize.orElseThrow().render(overlay);
    assertThat(Workload.of(all)).hasSizeGreaterThanOrEqualTo(4);
    assertThat(TypedModels.problems(all)).isEmpty();
    assertThat(RestrictedPods.problems(all)).isEmpty();
    assertThat(References.problems(all, secretsOfTheDocs())).isEmpty();
    assertThat(Configuration.problems(all)).isEmpty();
    int partitions = Configuration.innerPartitions(all);
    assertThat(KafkaObjects.scalingProblems(all, partitions)).isEmpty();
    if (all.stream().anyMatch(one -> one.type().startsWith("kafka.strimzi.io"))) {
      assertThat(KafkaObjects.topicProblems(all, partitions, partitions)).isEmpty();
      assertThat(KafkaObjects.rightProblems(all)).isEmpty();
    }
  }

  @Test
  void theFullOverlayHasAllThatThereIs() throws IOException, InterruptedException {
    List<Manifest> all =
        kustomize.orElseThrow().render(DeployFolder.ROOT.resolve("overlays/prod-operators"));
    assertThat(all.stream().map(Manifest::kind))
        .contains(
            "Namespace",
            "ConfigMap",
            "Job",
            "StatefulSet",
            "Deployment",
            "Service",
            "PodDisruptionBudget",
            "NetworkPolicy",
            "ServiceAccount",
            "ScaledObject",
            "TriggerAuthentication",
            "PodMonitor",
            "KafkaTopic",
            "KafkaUser");
    // Strimzi watches another namespace.
    assertThat(all)
        .filteredOn(one -> one.type().startsWith("kafka.strimzi.io"))
        .allMatch(one -> one.at("/metadata/namespace").asText().equals("kafka"));
  }

  /** Those that docs/kubernetes.md says how to make. */
  private static Set<String> secretsOfTheDocs() throws IOException {
    String page = Files.readString(Repository.root().resolve("docs/kubernetes.md"));
    return SECRET
        .matcher(page)
        .results()
        .map((MatchResult hit) -> hit.group(1))
        .collect(Collectors.toSet());
  }
}
