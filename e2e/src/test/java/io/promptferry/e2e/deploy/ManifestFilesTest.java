package io.promptferry.e2e.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files of deploy/ as they stand, without kustomize. */
class ManifestFilesTest {

  private static final String TEMPLATE = "20-secret.template.yaml";

  @Test
  void everyFileIsWhatItsTypesSay() {
    List<Path> files = DeployFolder.files(".yaml", ".yml");
    assertThat(files).hasSizeGreaterThan(20);
    assertThat(files.stream().flatMap(file -> TypedModels.problems(Manifest.read(file)).stream()))
        .isEmpty();
  }

  @Test
  void everyFileIsUsedAndEveryUsedFileIsThere() {
    var used = new TreeSet<Path>();
    for (Path file : kustomizations()) {
      JsonNode json = Manifest.read(file).get(0).json();
      Stream.of(
              texts(json.path("resources")),
              texts(json.path("components")),
              Manifest.items(json.path("patches")).map(patch -> patch.path("path").asText()),
              Manifest.items(json.path("configMapGenerator"))
                  .flatMap(generator -> texts(generator.path("envs"))))
          .flatMap(names -> names)
          .filter(name -> !name.isEmpty())
          .map(name -> file.resolveSibling(name).normalize())
          .forEach(used::add);
    }
    assertThat(used).allMatch(Files::exists, "is there");
    assertThat(DeployFolder.files("")).isNotEmpty();
    assertThat(DeployFolder.files(""))
        .filteredOn(file -> !file.endsWith("kustomization.yaml") && !file.endsWith(TEMPLATE))
        .allMatch(used::contains, "is named in a kustomization.yaml");
  }

  /** It would put its placeholder over the keys. */
  @Test
  void theTemplateOfTheSecretIsNeverApplied() {
    assertThat(kustomizations())
        .allSatisfy(
            file ->
                assertThat(texts(Manifest.read(file).get(0).json().path("resources")))
                    .doesNotContain(TEMPLATE));
  }

  @Test
  void theBaseIsNumberedByTheOrderOfItsApplication() {
    JsonNode base =
        Manifest.read(DeployFolder.ROOT.resolve("base/kustomization.yaml")).get(0).json();
    assertThat(texts(base.path("resources"))).isSorted();
  }

  private static List<Path> kustomizations() {
    return DeployFolder.files("kustomization.yaml");
  }

  private static Stream<String> texts(JsonNode array) {
    return Manifest.items(array).map(JsonNode::asText);
  }
}
