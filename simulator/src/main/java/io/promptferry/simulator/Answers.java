package io.promptferry.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptferry.simulator.faults.RpcStatus;
import java.io.IOException;
import java.util.Optional;

/** Turns a line of an input file into the line of the result file that answers it. */
final class Answers {
  // Google's rule of thumb: a token is about four characters.
  private static final int CHARACTERS_PER_TOKEN = 4;
  static final String NO_CONTENTS = "* GenerateContentRequest.contents: contents is not specified";

  /**
   * A result line.
   *
   * @param billed whether it is a response and not an error
   * @param schema that the text was asked to fit; a missing node if none was
   */
  record Answer(String key, boolean billed, ObjectNode line, JsonNode schema) {}

  private Answers() {}

  static Answer to(Job job, byte[] requestLine, NamedFiles files) throws IOException {
    JsonNode line = Json.MAPPER.readTree(requestLine);
    JsonNode request = line.path("request");
    ObjectNode answer = Json.object().put("key", line.path("key").asText());
    Optional<RpcStatus> refusal = refusal(job.project(), request, files);
    if (refusal.isEmpty()) {
      answer.set("response", response(job.model(), job.id().substring(0, 8), request));
    } else {
      answer.putPOJO("error", refusal.get());
    }
    JsonNode schema = ResponseSchema.of(Json.get(request, "generationConfig"));
    return new Answer(line.path("key").asText(), refusal.isEmpty(), answer, schema);
  }

  private static Optional<RpcStatus> refusal(String project, JsonNode request, NamedFiles files) {
    if (request.path("contents").isEmpty()) {
      return Optional.of(new RpcStatus(RpcStatus.INVALID_ARGUMENT, NO_CONTENTS));
    }
    return files
        .refusal(project, request)
        .map(message -> new RpcStatus(RpcStatus.PERMISSION_DENIED, message));
  }

  /**
   * A GenerateContentResponse.
   *
   * @param model with its {@code models/}
   * @param mark what the response's id begins with
   */
  static ObjectNode response(String model, String mark, JsonNode request) throws IOException {
    String prompt = PromptDigest.textOf(request);
    AnswerText says = AnswerText.of(prompt);
    String text = text(Json.get(request, "generationConfig"), says);

    ObjectNode response = Json.object();
    ObjectNode candidate = response.putArray("candidates").addObject();
    ObjectNode content = candidate.putObject("content");
    content.putArray("parts").addObject().put("text", text);
    content.put("role", "model");
    candidate.put("finishReason", "STOP").put("index", 0);

    int promptTokens = tokens(prompt) + tokens(system(request));
    int answerTokens = tokens(text);
    ObjectNode usage = response.putObject("usageMetadata");
    usage.put("promptTokenCount", promptTokens).put("candidatesTokenCount", answerTokens);
    usage.put("totalTokenCount", promptTokens + answerTokens);
    usage
        .putArray("promptTokensDetails")
        .addObject()
        .put("modality", "TEXT")
        .put("tokenCount", promptTokens);
    response.put("modelVersion", model.substring("models/".length()));
    response.put("responseId", mark + "-" + says.digest());
    return response;
  }

  private static String text(JsonNode config, AnswerText says) throws IOException {
    JsonNode schema = ResponseSchema.of(config);
    if (!schema.isMissingNode()) {
      return Json.MAPPER.writeValueAsString(new SchemaFiller(schema, says).fill());
    }
    if (Json.get(config, "responseMimeType").asText("").equals("application/json")) {
      return Json.MAPPER.writeValueAsString(Json.object().put("answer", says.full()));
    }
    return says.full();
  }

  private static String system(JsonNode request) {
    StringBuilder text = new StringBuilder();
    Json.get(request, "systemInstruction")
        .path("parts")
        .forEach(part -> text.append(part.path("text").asText("")));
    return text.toString();
  }

  private static int tokens(String text) {
    return (text.length() + CHARACTERS_PER_TOKEN - 1) / CHARACTERS_PER_TOKEN;
  }
}
