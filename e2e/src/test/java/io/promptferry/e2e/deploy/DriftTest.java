package io.promptferry.e2e.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.e2e.Repository;
import io.promptferry.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No page, manifest or compose file names what the code does not know. */
class DriftTest {

  @Test
  void everyNameInTheDocsIsKnown() throws IOException {
    var problems = new ArrayList<String>();
    List<Path> pages = pages();
    assertThat(pages).hasSizeGreaterThan(10);
    for (Path page : pages) {
      problems.addAll(NamesInText.problems(name(page), Files.readString(page), topics()));
    }
    assertThat(problems).isEmpty();
  }

  @Test
  void everyNameInTheManifestsIsKnown() {
    assertThat(
            DeployFolder.files("").stream()
                .flatMap(
                    file ->
                        NamesInText.problems(name(file), DeployFolder.text(file), topics())
                            .stream()))
        .isEmpty();
  }

  /** It may have either name. */
  @Test
  void everyContainerOfTheComposeFileWouldStart() throws IOException {
    for (String name : List.of("docker-compose.yml", "compose.yaml")) {
      Path file = Repository.root().resolve(name);
      if (Files.exists(file)) {
        List<Launch> launches = Compose.launches(Manifest.read(file).get(0));
        assertThat(launches).isNotEmpty();
        assertThat(launches.stream().flatMap(launch -> launch.problems().stream())).isEmpty();
        assertThat(NamesInText.problems(name, Files.readString(file), topics())).isEmpty();
      }
    }
  }

  private static List<Path> pages() throws IOException {
    var pages = new ArrayList<Path>();
    pages.add(Repository.root().resolve("README.md"));
    pages.add(Repository.root().resolve("CONTRIBUTING.md"));
    try (Stream<Path> docs = Files.walk(Repository.root().resolve("docs"))) {
      docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  private static String name(Path file) {
    return Repository.root().relativize(file).toString();
  }

  /** What looks like a key and is a topic. */
  private static Set<String> topics() {
    var names = new HashSet<String>();
    new Topics("").specs(1, 1).forEach(spec -> names.add(spec.name()));
    return names;
  }
}
