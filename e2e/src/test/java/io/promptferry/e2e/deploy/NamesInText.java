package io.promptferry.e2e.deploy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** Variables, configuration keys, commands and options that a page or a file names. */
final class NamesInText {

  private static final Pattern VARIABLE = Pattern.compile("PROMPTFERRY_[A-Z0-9_]*[A-Z0-9]");

  /** What Kubernetes would set; a page that warns of it may name it. */
  private static final Pattern SERVICE_LINK = Pattern.compile("PROMPTFERRY_[A-Z_]+_SERVICE_HOST");

  /** One word between backticks, or a line of a properties file. */
  private static final Pattern KEY =
      Pattern.compile("(?m)`([a-z]+(?:\\.[a-z]+)+)(?:=[^`]*)?`|^([a-z]+(?:\\.[a-z]+)+)=");

  private static final Pattern COMMAND =
      Pattern.compile("(?m)(?:\\./|^|`|/bin/)promptferry((?: +[^\\s`|<>;&#)]+)+)");

  private static final Set<String> FIRST_WORDS =
      KnownKeys.OWN.stream()
          .filter(key -> key.contains("."))
          .map(key -> key.substring(0, key.indexOf('.')))
          .collect(Collectors.toUnmodifiableSet());

  private NamesInText() {}

  /**
   * Names that the code does not know.
   *
   * @param alsoNames what looks like a key and is none: topics, files
   */
  static List<String> problems(String where, String text, Collection<String> alsoNames) {
    var problems = new ArrayList<String>();
    VARIABLE
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .filter(name -> !KnownKeys.isKnown(KnownKeys.key(name)))
        .filter(name -> !SERVICE_LINK.matcher(name).matches())
        .forEach(name -> problems.add(where + ": " + name + " is no configuration key"));
    KEY.matcher(text)
        .results()
        .map(hit -> hit.group(1) == null ? hit.group(2) : hit.group(1))
        .filter(name -> FIRST_WORDS.contains(name.substring(0, name.indexOf('.'))))
        .filter(name -> !KnownKeys.isKnown(name) && !alsoNames.contains(name))
        // A setting of the reader's own Kafka client.
        .filter(name -> !KnownKeys.isPassedOn("kafka." + name))
        .forEach(name -> problems.add(where + ": " + name + " is no configuration key"));
    COMMAND
        .matcher(text)
        .results()
        .forEach(hit -> problems.addAll(command(where, hit.group(1).trim().split(" +"))));
    return problems;
  }

  /** Follows the names of commands, then looks for each option. */
  private static List<String> command(String where, String[] words) {
    CommandLine command = Launch.commands();
    var problems = new ArrayList<String>();
    for (String word : words) {
      CommandLine next = command.getSubcommands().get(word);
      if (next != null) {
        command = next;
      } else if (word.startsWith("--")) {
        String option = word.split("=", 2)[0].replaceAll("[^a-z-]+$", "");
        if (command.getCommandSpec().findOption(option) == null) {
          problems.add(
              "%s: %s has no option %s".formatted(where, command.getCommandName(), option));
        }
      } else if (command.getSubcommands().size() > 0 && word.matches("[a-z]+")) {
        problems.add("%s: %s has no command %s".formatted(where, command.getCommandName(), word));
        return problems;
      }
    }
    return problems;
  }
}
