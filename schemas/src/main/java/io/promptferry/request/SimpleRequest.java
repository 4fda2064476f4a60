package io.promptferry.request;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.records.GenerationSettings;
import io.promptferry.records.Part;
import io.promptferry.records.PromptEvent;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The request of a prompt in the simple form.
 *
 * <p>Built field by field with Jackson: no public type of Google's SDK serialises a request line,
 * and its flat GenerateContentConfig puts systemInstruction where the batch API refuses it. Names
 * of fields are the API's (GenerateContentRequest, GenerationConfig).
 */
final class SimpleRequest {

  private SimpleRequest() {}

  static ObjectNode of(PromptEvent event) throws JsonProcessingException {
    ObjectNode request = RequestLine.JSON.createObjectNode();
    ArrayNode parts =
        request.putArray("contents").addObject().put("role", "user").putArray("parts");
    // Blank beside parts, and the API takes no empty text.
    if (event.getPrompt() != null && !event.getPrompt().isBlank()) {
      parts.addObject().put("text", event.getPrompt());
    }
    event.getParts().forEach(part -> add(part, parts.addObject()));
    if (event.getSystem() != null) {
      request
          .putObject("systemInstruction")
          .putArray("parts")
          .addObject()
          .put("text", event.getSystem());
    }
    ObjectNode generation = generation(event.getGeneration());
    if (event.getResponseJsonSchema() != null) {
      // One without the other fails opaquely or is ignored.
      generation.put("responseMimeType", "application/json");
      generation.set(
          "responseJsonSchema", RequestLine.JSON.readTree(event.getResponseJsonSchema()));
    }
    if (!generation.isEmpty()) {
      request.set("generationConfig", generation);
    }
    return request;
  }

  private static void add(Part part, ObjectNode to) {
    if (part.getText() != null) {
      to.put("text", part.getText());
    } else if (part.getFileUri() != null) {
      to.putObject("fileData")
          .put("mimeType", part.getMimeType())
          .put("fileUri", part.getFileUri());
    } else if (part.getData() != null) {
      to.putObject("inlineData")
          .put("mimeType", part.getMimeType())
          .put("data", bytes(part.getData()));
    }
  }

  private static byte[] bytes(ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.duplicate().get(bytes);
    return bytes;
  }

  private static ObjectNode generation(@Nullable GenerationSettings settings) {
    ObjectNode generation = RequestLine.JSON.createObjectNode();
    if (settings == null) {
      return generation;
    }
    putNumber(generation, "temperature", settings.getTemperature());
    putNumber(generation, "topP", settings.getTopP());
    putNumber(generation, "topK", settings.getTopK());
    putNumber(generation, "maxOutputTokens", settings.getMaxOutputTokens());
    putNumber(generation, "seed", settings.getSeed());
    putNumber(generation, "presencePenalty", settings.getPresencePenalty());
    putNumber(generation, "frequencyPenalty", settings.getFrequencyPenalty());
    if (!settings.getStopSequences().isEmpty()) {
      ArrayNode stops = generation.putArray("stopSequences");
      settings.getStopSequences().forEach(stops::add);
    }
    if (settings.getResponseMimeType() != null) {
      generation.put("responseMimeType", settings.getResponseMimeType());
    }
    if (settings.getThinkingBudget() != null) {
      generation.putObject("thinkingConfig").put("thinkingBudget", settings.getThinkingBudget());
    }
    return generation;
  }

  private static void putNumber(ObjectNode node, String name, @Nullable Number value) {
    if (value != null) {
      node.putPOJO(name, value);
    }
  }
}
