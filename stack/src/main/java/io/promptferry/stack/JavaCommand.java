package io.promptferry.stack;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a child runs, where, and with what around it.
 *
 * @param name as it appears in messages
 * @param mainClass its public class with a {@code main(String[])}
 * @param classPath jars, folders and {@code folder/*}, in order; absolute paths
 * @param jvmArgs before the main class
 * @param args after the main class
 * @param environment replaces this process's environment but for PATH, HOME, LANG, LC_ALL, TZ,
 *     TMPDIR and JAVA_HOME, so that no key or address of the person's shell reaches a child
 * @param directory the working folder; made if it is missing
 * @param log where standard output and standard error are appended; its folder must exist
 */
public record JavaCommand(
    String name,
    String mainClass,
    List<String> classPath,
    List<String> jvmArgs,
    List<String> args,
    Map<String, String> environment,
    Path directory,
    Path log) {
  private static final Set<String> KEPT =
      Set.of("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "JAVA_HOME");

  public JavaCommand {
    classPath = List.copyOf(classPath);
    jvmArgs = List.copyOf(jvmArgs);
    args = List.copyOf(args);
    environment = Map.copyOf(environment);
  }

  /** Working folder {@code directory}, log {@code <name>.log} in it, this JVM's own class path. */
  public static JavaCommand of(String name, String mainClass, Path directory) {
    return new JavaCommand(
        name,
        mainClass,
        ownClassPath(),
        List.of(),
        List.of(),
        Map.of(),
        directory,
        directory.resolve(name + ".log"));
  }

  /** Absolute: the child's working folder is another. */
  private static List<String> ownClassPath() {
    return Stream.of(System.getProperty("java.class.path", "").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .toList();
  }

  public JavaCommand classPath(List<String> entries) {
    return new JavaCommand(name, mainClass, entries, jvmArgs, args, environment, directory, log);
  }

  public JavaCommand jvmArgs(String... arguments) {
    return new JavaCommand(
        name, mainClass, classPath, List.of(arguments), args, environment, directory, log);
  }

  public JavaCommand args(String... arguments) {
    return new JavaCommand(
        name, mainClass, classPath, jvmArgs, List.of(arguments), environment, directory, log);
  }

  public JavaCommand environment(Map<String, String> variables) {
    return new JavaCommand(name, mainClass, classPath, jvmArgs, args, variables, directory, log);
  }

  public JavaCommand log(Path file) {
    return new JavaCommand(name, mainClass, classPath, jvmArgs, args, environment, directory, file);
  }

  /**
   * Runs {@link Leash} on the JDK that this process runs on, with Ctrl-C ignored from the start.
   */
  List<String> commandLine() {
    List<String> line = new ArrayList<>();
    // An ignored signal stays ignored across exec, and a JVM then lets nobody install a handler.
    line.addAll(List.of("sh", "-c", "trap '' INT; exec \"$@\"", "sh"));
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(jvmArgs);
    line.addAll(List.of("-cp", String.join(File.pathSeparator, classPathWithLeash())));
    line.addAll(List.of(Leash.class.getName(), mainClass));
    line.addAll(args);
    return line;
  }

  void replaceEnvironment(Map<String, String> ambient) {
    ambient.keySet().retainAll(KEPT);
    ambient.putAll(environment);
  }

  /** Last, so that where the leash shares a jar with others, the child's own classes win. */
  private List<String> classPathWithLeash() {
    List<String> all = new ArrayList<>(classPath);
    try {
      all.add(
          Path.of(Leash.class.getProtectionDomain().getCodeSource().getLocation().toURI())
              .toString());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a class path entry that is no path", e);
    }
    return all;
  }
}
