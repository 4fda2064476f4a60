package io.promptferry.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.records.PromptEvent;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What an answer needs of an event: its id, model, reply topic and attributes, as JSON under the
 * event's own field names, for a record that has no room for the whole of it.
 */
public final class PromptEnvelope {

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      // It is in memory already, and a caller may name an attribute as they like.
                      .maxNameLength(Integer.MAX_VALUE)
                      .maxStringLength(Integer.MAX_VALUE)
                      .build())
              .build());

  private static final String ID = "id";
  private static final String MODEL = "model";
  private static final String REPLY_TO = "replyTo";
  private static final String ATTRIBUTES = "attributes";

  private PromptEnvelope() {}

  /**
   * Writes it, without the attributes where they do not fit.
   *
   * @param maxBytes that it may take
   * @return UTF-8; empty where the rest does not fit either
   */
  public static Optional<byte[]> write(PromptEvent event, long maxBytes) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (!event.getId().isEmpty()) {
      json.put(ID, event.getId());
    }
    if (event.getModel() != null) {
      json.put(MODEL, event.getModel());
    }
    if (event.getReplyTo() != null) {
      json.put(REPLY_TO, event.getReplyTo());
    }
    byte[] address = json.toString().getBytes(UTF_8);
    if (!event.getAttributes().isEmpty()) {
      event.getAttributes().forEach(json.putObject(ATTRIBUTES)::put);
    }
    byte[] whole = json.toString().getBytes(UTF_8);
    return Optional.of(whole.length <= maxBytes ? whole : address)
        .filter(bytes -> bytes.length <= maxBytes);
  }

  /**
   * Reads it.
   *
   * @return an event without content; empty where the bytes are something else
   */
  public static Optional<PromptEvent> read(byte[] bytes) {
    JsonNode json;
    try {
      json = JSON.readTree(bytes);
    } catch (IOException e) {
      return Optional.empty();
    }
    if (!json.isObject()) {
      return Optional.empty();
    }
    Map<String, String> attributes = new HashMap<>();
    json.path(ATTRIBUTES)
        .properties()
        .forEach(field -> attributes.put(field.getKey(), field.getValue().asText()));
    return Optional.of(
        PromptEvent.newBuilder()
            .setId(json.path(ID).asText())
            .setModel(json.path(MODEL).textValue())
            .setReplyTo(json.path(REPLY_TO).textValue())
            .setAttributes(attributes)
            .build());
  }
}
