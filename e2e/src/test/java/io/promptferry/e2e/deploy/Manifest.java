package io.promptferry.e2e.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * An object as it stands in a file, or as kustomize made it.
 *
 * @param origin the file, or the overlay
 */
record Manifest(String origin, JsonNode json) {

  private static final ObjectMapper TREES = new ObjectMapper();

  /**
   * All documents of a text.
   *
   * @throws YAMLException where it is no YAML, or names a key twice
   */
  static List<Manifest> parse(String origin, String yaml) {
    var options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    var all = new ArrayList<Manifest>();
    for (Object document : new Yaml(new SafeConstructor(options)).loadAll(yaml)) {
      all.add(new Manifest(origin, TREES.valueToTree(document)));
    }
    return all;
  }

  /** All documents of a file. */
  static List<Manifest> read(Path file) {
    try {
      return parse(file.getFileName().toString(), Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<Manifest> ofKind(List<Manifest> all, String kind) {
    return all.stream().filter(one -> one.kind().equals(kind));
  }

  String kind() {
    return json.path("kind").asText();
  }

  /** The version of the API and the kind. */
  String type() {
    return json.path("apiVersion").asText() + "/" + kind();
  }

  String name() {
    return json.at("/metadata/name").asText();
  }

  JsonNode at(String pointer) {
    return json.at(pointer);
  }

  static Map<String, String> strings(JsonNode object) {
    var map = new TreeMap<String, String>();
    object.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue().asText()));
    return map;
  }

  static Stream<JsonNode> items(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  @Override
  public String toString() {
    return origin + ": " + kind() + " " + name();
  }
}
