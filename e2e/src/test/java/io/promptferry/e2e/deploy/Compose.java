package io.promptferry.e2e.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The containers of our image in a compose file. */
final class Compose {

  private static final Pattern DEFAULT = Pattern.compile("\\$\\{[A-Z_]+:?-([^}]*)}");

  private Compose() {}

  /** Each with its command and its variables. */
  static List<Launch> launches(Manifest file) {
    var launches = new ArrayList<Launch>();
    file.at("/services")
        .properties()
        .forEach(
            service -> {
              JsonNode body = service.getValue();
              if (body.path("image").asText().matches("(.*/)?promptferry(:.*)?")) {
                launches.add(
                    new Launch(
                        file.origin() + ": " + service.getKey(),
                        words(body.path("command")),
                        defaults(environment(body.path("environment")))));
              }
            });
    return launches;
  }

  /** As compose puts them in where its own environment has nothing else. */
  private static Map<String, String> defaults(Map<String, String> variables) {
    var values = new TreeMap<>(variables);
    values.replaceAll((name, value) -> DEFAULT.matcher(value).replaceAll("$1"));
    return values;
  }

  /** A list, or a line. */
  private static List<String> words(JsonNode command) {
    return command.isTextual()
        ? List.of(command.asText().trim().split(" +", -1))
        : Manifest.items(command).map(JsonNode::asText).toList();
  }

  /** A map, or a list. */
  private static Map<String, String> environment(JsonNode variables) {
    if (variables.isObject()) {
      return Manifest.strings(variables);
    }
    var values = new TreeMap<String, String>();
    for (JsonNode line : variables) {
      String[] parts = line.asText().split("=", 2);
      values.put(parts[0], parts.length == 2 ? parts[1] : "");
    }
    return values;
  }
}
