package io.promptferry.e2e;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.promptferry.collector.response.ResponseSettings;
import io.promptferry.local.client.ClientConfig;
import io.promptferry.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * The AsyncAPI document of the public topics, compared with the code: references, channels and
 * operations. {@link AsyncApiMessages} has what is on them.
 */
final class AsyncApi {

  static final Path DOCS = Repository.root().resolve("docs");

  private static final YAMLMapper STRICT =
      YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  private static final Topics TOPICS = new Topics("");

  private final JsonNode document;
  private final Differences differences;
  private final AsyncApiMessages messages;

  private AsyncApi(JsonNode document, Differences differences) {
    this.document = document;
    this.differences = differences;
    this.messages = new AsyncApiMessages(differences);
  }

  static JsonNode read() throws IOException {
    return parse(Files.readString(DOCS.resolve("asyncapi.yaml")));
  }

  /** Refuses a key that is there twice. */
  static JsonNode parse(String yaml) throws IOException {
    return STRICT.readTree(yaml);
  }

  /** Where the document and the code differ; empty if nowhere. */
  static List<String> differences(JsonNode document) {
    var differences = new Differences();
    var api = new AsyncApi(document, differences);
    differences.compare("asyncapi", "3.0.0", document.path("asyncapi").asText());
    differences.compare("version", version(), document.at("/info/version").asText());
    api.server(document.at("/servers/local"));
    document.findValuesAsText("$ref").forEach(api::reference);
    api.channels();
    api.operations();
    return differences.found();
  }

  static Stream<String> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText);
  }

  /** The project's, which stands first in its pom, without what marks it as unreleased. */
  private static String version() {
    try {
      String pom = Files.readString(Repository.root().resolve("pom.xml"));
      Matcher version = Pattern.compile("<version>(.*?)(-SNAPSHOT)?</version>").matcher(pom);
      return version.find() ? version.group(1) : "none";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void server(JsonNode server) {
    differences.compare("host", ClientConfig.USUAL_BOOTSTRAP, server.path("host").asText());
    differences.compare(
        "schemaRegistryUrl",
        ClientConfig.USUAL_REGISTRY,
        server.at("/bindings/kafka/schemaRegistryUrl").asText());
  }

  private void reference(String ref) {
    boolean there =
        ref.startsWith("#")
            ? !document.at(ref.substring(1)).isMissingNode()
            : Files.isRegularFile(DOCS.resolve(ref));
    differences.compare(ref + " exists", true, there);
  }

  private JsonNode follow(JsonNode node) {
    String ref = node.path("$ref").asText();
    return ref.startsWith("#") ? document.at(ref.substring(1)) : node;
  }

  /** Every topic but those between the services. */
  private static Stream<Topics.Spec> publicTopics(int partitions) {
    var defaults =
        ResponseSettings.from(
            new AbstractConfig(ResponseSettings.define(new ConfigDef()), Map.of()));
    var ofKey =
        TOPICS.responseTopic(defaults.template(), defaults.partitions(), defaults.retentionMs());
    return Stream.concat(TOPICS.specs(partitions, partitions).stream(), Stream.of(ofKey))
        .filter(spec -> !TOPICS.inner().contains(spec.name()));
  }

  private void channels() {
    Map<String, JsonNode> said = new TreeMap<>();
    document.path("channels").forEach(channel -> said.put(address(channel), channel));
    differences.compare(
        "addresses",
        publicTopics(2).map(Topics.Spec::name).collect(Collectors.toCollection(TreeSet::new)),
        said.keySet());
    // What is the same for other arguments is the code's choice, not that of whoever makes topics.
    List<Topics.Spec> others = publicTopics(3).toList();
    publicTopics(2)
        .forEach(
            spec -> {
              JsonNode channel = said.get(spec.name());
              if (channel != null) {
                channel(spec, others.contains(spec), channel);
              }
            });
  }

  private static String address(JsonNode channel) {
    return channel.path("address").asText();
  }

  private void channel(Topics.Spec spec, boolean fixed, JsonNode channel) {
    String name = spec.name();
    JsonNode kafka = channel.at("/bindings/kafka");
    differences.compare(
        name + ": partitions", fixed ? spec.partitions() : 0, kafka.path("partitions").asInt());
    Map<String, String> settings = new TreeMap<>();
    kafka
        .path("topicConfiguration")
        .properties()
        .forEach(setting -> settings.put(setting.getKey(), text(setting.getValue())));
    differences.compare(name + ": topicConfiguration", new TreeMap<>(spec.settings()), settings);
    differences.compare(name + ": messages", 1, channel.path("messages").size());
    for (JsonNode reference : channel.path("messages")) {
      JsonNode message = follow(reference);
      if (name.equals(TOPICS.deadLetters())) {
        messages.deadLetter(message);
      } else if (name.equals(TOPICS.prompts())) {
        messages.prompt(message);
      } else {
        messages.answer(message);
      }
    }
  }

  private static String text(JsonNode setting) {
    return setting.isArray()
        ? elements(setting).collect(Collectors.joining(","))
        : setting.asText();
  }

  /** Each topic has one, seen from Promptferry, which receives prompts and sends all else. */
  private void operations() {
    Map<String, String> expected = new TreeMap<>();
    publicTopics(2).forEach(spec -> expected.put(spec.name(), "send"));
    expected.put(TOPICS.prompts(), "receive");
    Map<String, String> said = new TreeMap<>();
    for (JsonNode operation : document.path("operations")) {
      said.merge(
          address(follow(operation.path("channel"))),
          operation.path("action").asText(),
          (one, other) -> one + " and " + other);
    }
    differences.compare("actions", expected, said);
  }
}
