package io.promptferry.request;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.records.GenerationSettings;
import io.promptferry.records.Part;
import io.promptferry.records.PromptEvent;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Events of both forms, most of them good. Texts are as Avro hands them over: valid Unicode. */
record RandomEvents(Random random) {

  private static final List<String> TEXTS =
      List.of("", " ", "why?", "a\r\nb\tc", "\"\\\u0000\u2028\u2029\u0085", "🚢 Grüße 世界", "{}]\n");
  private static final List<String> SCHEMAS =
      List.of(
          "{}",
          " {\n\"type\" : \"object\",\"maximum\":1e400 }",
          "{\"properties\":{\"a\\nb 🚢\":{\"multipleOf\":0.10}}}",
          "{\"type\":\"STRING\"}",
          "{");
  private static final List<String> TYPES =
      List.of("image/png", "text/plain; charset=\"utf-8\"", "audio/L16", "png", "a/b\n");
  private static final List<String> FILES =
      List.of("gs://bucket/a \"b\" 🚢", "https://host/v1beta/files/x", "http://host/x", "gs:/x");
  private static final List<String> FIELDS =
      List.of(
          "\"systemInstruction\":{\"parts\":{\"text\":\"no list\"}}",
          "\"system_instruction\" :\n{\"parts\":[{\"text\":\"\\u0000\\ud83d\\udea2\\r\\n\"}]}",
          "\"tools\":[{\"functionDeclarations\":[{\"name\":\"f\",\"parametersJsonSchema\":{\"a\":[1.50,-0.0,1E+5,null]}}]}]",
          "\"safetySettings\":[{\"category\":\"HARM_CATEGORY_HARASSMENT\",\"threshold\":\"BLOCK_NONE\"}]",
          "\"cachedContent\":\"cachedContents/x\"",
          "\"generationConfig\":{\"temperature\":0.70,\"top_k\":\"7\",\"seed\":-1}",
          "\"generation_config\":{\"responseSchema\":{},\"responseMimeType\":\"application/json\"}",
          "\"generationConfig\":{\"responseJsonSchema\":{}}",
          "\"model\":\"models/gemini-2.5-flash\"",
          "\"model\":\"gemini-2.5-pro\"",
          "\"cachedContent\":null",
          "\"unknown\":1",
          "\"tools\":{}");

  PromptEvent next() {
    return random.nextBoolean() ? raw() : simple();
  }

  private PromptEvent raw() {
    var fields = new StringBuilder("\"contents\":[{\"parts\":[");
    fields.append(
        IntStream.range(0, random.nextInt(3))
            .mapToObj(i -> rawPart())
            .collect(Collectors.joining(" ,\n")));
    fields.append("]}]");
    if (random.nextInt(3) == 0) {
      fields.append(",\n ").append(oneOf(FIELDS));
    }
    if (random.nextInt(3) == 0) {
      fields.insert(0, oneOf(FIELDS) + ",\t");
    }
    return PromptEvent.newBuilder().setRequest("{" + fields + "}").build();
  }

  private String rawPart() {
    return oneOf(
        List.of(
            "{\"text\":\"why?\"}",
            "{ \"inline_data\": {\"mimeType\":\"image/png\",\"data\":\"_-A\"}}",
            "{\"fileData\":{\"file_uri\":\"gs://b/o\"},\"videoMetadata\":{\"fps\":1.0}}",
            "{\"functionCall\":{\"name\":\"f\",\"args\":{\"x\":1e400}}}"));
  }

  private PromptEvent simple() {
    return PromptEvent.newBuilder()
        .setPrompt(sometimes(this::text))
        .setSystem(sometimes(this::text))
        .setParts(IntStream.range(0, random.nextInt(3)).mapToObj(i -> part()).toList())
        .setResponseJsonSchema(seldom() ? oneOf(SCHEMAS) : null)
        .setGeneration(sometimes(this::generation))
        .build();
  }

  private Part part() {
    int kind = random.nextInt(7);
    return new Part(
        kind < 3 ? text() : null,
        kind == 3 || kind == 4 ? oneOf(FILES) : null,
        kind > 4 ? ByteBuffer.wrap(text().getBytes(UTF_8)) : null,
        kind < 3 && seldom() ? null : oneOf(TYPES));
  }

  private GenerationSettings generation() {
    return GenerationSettings.newBuilder()
        .setTemperature(sometimes(() -> random.nextDouble() * 2))
        .setTopP(sometimes(random::nextDouble))
        .setTopK(sometimes(() -> 1 + random.nextInt(100)))
        .setMaxOutputTokens(sometimes(() -> random.nextInt(1_000)))
        .setStopSequences(seldom() ? List.of(text(), "END\n") : List.of())
        .setSeed(sometimes(random::nextInt))
        .setPresencePenalty(sometimes(random::nextGaussian))
        .setFrequencyPenalty(sometimes(() -> random.nextGaussian() * 1e-300))
        .setResponseMimeType(seldom() ? "application/json" : null)
        .setThinkingBudget(sometimes(() -> random.nextInt(100) - 1))
        .build();
  }

  private String text() {
    if (random.nextBoolean()) {
      return oneOf(TEXTS);
    }
    return random
        .ints(random.nextInt(20), 0, Character.MAX_CODE_POINT + 1)
        .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private <T> T oneOf(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private <T> @Nullable T sometimes(Supplier<T> value) {
    return random.nextInt(3) == 0 ? value.get() : null;
  }

  private boolean seldom() {
    return random.nextInt(8) == 0;
  }
}
