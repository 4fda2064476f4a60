package io.promptferry.batcher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.records.GenerationSettings;
import io.promptferry.records.PromptEvent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Renders a prompt as a line of an input file: {@code {"key":…,"request":{…}}}.
 *
 * <p>Built field by field with Jackson: no public type of Google's SDK serialises a request line,
 * and its flat GenerateContentConfig puts systemInstruction where the batch API refuses it. Names
 * of fields are the API's (GenerateContentRequest, GenerationConfig).
 */
public final class RequestLine {

  // As doubles, large numbers in a schema would turn into "Infinity".
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private RequestLine() {}

  /**
   * The line, UTF-8, with its newline.
   *
   * @param event one that passed {@link io.promptferry.schemas.PromptValidation}
   * @throws IllegalArgumentException when the event's schema is not JSON, which validation refuses
   */
  public static byte[] render(String key, PromptEvent event) {
    ObjectNode line = JSON.createObjectNode().put("key", key);
    line.set("request", request(event));
    try {
      byte[] json = JSON.writeValueAsBytes(line);
      byte[] bytes = Arrays.copyOf(json, json.length + 1);
      bytes[json.length] = '\n';
      return bytes;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the prompt cannot be written as JSON", e);
    }
  }

  private static ObjectNode request(PromptEvent event) {
    ObjectNode request = JSON.createObjectNode();
    ObjectNode turn = request.putArray("contents").addObject().put("role", "user");
    turn.putArray("parts").addObject().put("text", event.getPrompt());
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
      generation.set("responseJsonSchema", schema(event.getResponseJsonSchema()));
    }
    if (!generation.isEmpty()) {
      request.set("generationConfig", generation);
    }
    return request;
  }

  private static ObjectNode generation(@Nullable GenerationSettings settings) {
    ObjectNode generation = JSON.createObjectNode();
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

  private static JsonNode schema(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("responseJsonSchema is not JSON", e);
    }
  }
}
