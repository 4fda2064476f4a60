package io.promptferry.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where this module's build has put the broker's jars and the registry. */
record StackHome(Path folder) {
  static final String PROPERTY = "promptferry.stack.home";
  private static final String REMEDY =
      ": run `mvn -pl stack -am package`, or start by ./promptferry";

  /**
   * The folder that the system property {@value #PROPERTY} names.
   *
   * @throws StackException if it is not set or the folder is not filled
   */
  static StackHome find() {
    return at(System.getProperty(PROPERTY));
  }

  static StackHome at(@Nullable String folder) {
    if (folder == null || folder.isBlank()) {
      throw new StackException("system property " + PROPERTY + " is not set" + REMEDY);
    }
    StackHome home = new StackHome(Path.of(folder).toAbsolutePath());
    Stream.of(home.brokerList(), home.registryJar())
        .filter(Files::notExists)
        .findFirst()
        .ifPresent(
            missing -> {
              throw new StackException(missing + " is missing" + REMEDY);
            });
    return home;
  }

  List<String> brokerClassPath() {
    Path list = brokerList();
    try {
      return Stream.of(Files.readString(list).trim().split(":"))
          .map(jar -> list.resolveSibling(jar).normalize().toString())
          .toList();
    } catch (IOException e) {
      throw new StackException("cannot read " + list + REMEDY, e);
    }
  }

  List<String> registryClassPath() {
    return List.of(registryJar().toString());
  }

  private Path brokerList() {
    return folder.resolve("broker").resolve("class-path");
  }

  private Path registryJar() {
    return folder.resolve("registry").resolve("runner.jar");
  }
}
