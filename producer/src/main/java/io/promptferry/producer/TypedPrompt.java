package io.promptferry.producer;

import io.promptferry.records.GenerationSettings;
import io.promptferry.records.Part;
import io.promptferry.records.PromptEvent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Builds the typed form: one user turn of text and parts, and what goes with it. */
public final class TypedPrompt extends PromptBuilder<TypedPrompt> {

  private final @Nullable String text;
  private final List<Part> parts = new ArrayList<>();
  private @Nullable String system;
  private @Nullable String schema;
  private GenerationSettings.@Nullable Builder generation;

  TypedPrompt(@Nullable String text) {
    this.text = text;
  }

  @Override
  TypedPrompt self() {
    return this;
  }

  /** The system instruction; by default none. */
  public TypedPrompt system(String instruction) {
    system = instruction;
    return this;
  }

  /** Adds a text part. */
  public TypedPrompt addText(String more) {
    parts.add(Part.newBuilder().setText(more).build());
    return this;
  }

  /**
   * Adds a file that travels with the prompt. What makes the record larger than Kafka takes is
   * refused, or goes to a {@link PartStore} where there is one.
   *
   * @param mimeType for example {@code image/png}
   */
  public TypedPrompt addData(byte[] bytes, String mimeType) {
    parts.add(
        Part.newBuilder().setData(ByteBuffer.wrap(bytes.clone())).setMimeType(mimeType).build());
    return this;
  }

  /**
   * Adds a file that the model's provider can read when the job runs.
   *
   * @param uri {@code gs://…}, or {@code https://…} as the Files API gives it, which keeps a file
   *     for 48 hours
   */
  public TypedPrompt addFile(String uri, String mimeType) {
    parts.add(Part.newBuilder().setFileUri(uri).setMimeType(mimeType).build());
    return this;
  }

  /** A JSON Schema (draft 2020-12) that the answer must fit; asks for JSON as well. */
  public TypedPrompt schema(String jsonSchema) {
    schema = jsonSchema;
    return this;
  }

  /** Sets how the model generates; what is not set is left to the model's defaults. */
  public TypedPrompt generation(Consumer<GenerationSettings.Builder> settings) {
    if (generation == null) {
      generation = GenerationSettings.newBuilder();
    }
    settings.accept(generation);
    return this;
  }

  @Override
  void fill(PromptEvent.Builder event) {
    event
        .setPrompt(text)
        .setSystem(system)
        .setParts(List.copyOf(parts))
        .setResponseJsonSchema(schema)
        .setGeneration(generation == null ? null : generation.build());
  }
}
