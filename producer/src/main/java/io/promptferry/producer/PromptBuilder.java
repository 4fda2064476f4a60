package io.promptferry.producer;

import io.promptferry.records.PromptEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * What both forms of a prompt have. For one thread; may be built from repeatedly.
 *
 * @param <B> the form itself
 */
public abstract sealed class PromptBuilder<B extends PromptBuilder<B>>
    permits TypedPrompt, RawPrompt {

  private final List<Header> headers = new ArrayList<>();
  private final Map<String, String> attributes = new LinkedHashMap<>();
  private final PromptEvent.Builder event = PromptEvent.newBuilder();
  private byte @Nullable [] key;

  PromptBuilder() {}

  abstract B self();

  /** Adds the content. */
  abstract void fill(PromptEvent.Builder empty);

  /**
   * The Kafka key, UTF-8. It names the topic of the answer, and prompts of one key keep their order
   * within a batch. Null, or not called: there is no key, and the answer goes to the shared topic.
   */
  public B key(@Nullable String text) {
    return key(text == null ? null : text.getBytes(StandardCharsets.UTF_8));
  }

  /** The Kafka key, any bytes; null: none. */
  public B key(byte @Nullable [] bytes) {
    key = bytes == null ? null : bytes.clone();
    return self();
  }

  /**
   * The caller's own name for the prompt, 1,000 characters at most; comes back on the answer. Need
   * not be unique. By default the prompt's coordinates serve, {@code <topic>-<partition>-<offset>}.
   */
  public B id(String id) {
    event.setId(id);
    return self();
  }

  /** The model, for example {@code gemini-2.5-flash}; by default the batcher's. */
  public B model(String model) {
    event.setModel(model);
    return self();
  }

  /** A note that comes back on the answer and is never sent to the model. */
  public B attribute(String name, String value) {
    attributes.put(name, value);
    return self();
  }

  /** After this time the prompt is not sent to the model, but answered FAILED. */
  public B deadline(Instant deadline) {
    event.setDeadline(deadline);
    return self();
  }

  /**
   * The topic that the answer goes to, where the collector's {@code reply.to.allowed} allows it.
   */
  public B replyTo(String topic) {
    event.setReplyTo(topic);
    return self();
  }

  /** A header of the record, UTF-8; comes back on the answer. */
  public B header(String name, String value) {
    return header(name, value.getBytes(StandardCharsets.UTF_8));
  }

  /** A header of the record; comes back on the answer. */
  public B header(String name, byte[] value) {
    headers.add(new RecordHeader(name, value.clone()));
    return self();
  }

  /**
   * The caller's trace, in W3C's form; comes back on the answer, and the batch's own trace links to
   * it. Null: there is none, and nothing is added. An agent that instruments Kafka clients adds it
   * by itself.
   */
  public B traceparent(@Nullable String value) {
    return value == null ? self() : header("traceparent", value);
  }

  /** What goes with {@link #traceparent}; null: nothing. */
  public B tracestate(@Nullable String value) {
    return value == null ? self() : header("tracestate", value);
  }

  public Prompt build() {
    PromptEvent.Builder whole =
        PromptEvent.newBuilder(event).setAttributes(new LinkedHashMap<>(attributes));
    fill(whole);
    return new Prompt(key, whole.build(), headers);
  }
}
