package io.promptferry.collector;

import io.promptferry.collector.resend.Isolation;
import io.promptferry.collector.resend.Resending;
import io.promptferry.collector.resend.ResentPrompt;
import io.promptferry.collector.response.Responses;
import io.promptferry.collector.result.Outcome;
import io.promptferry.collector.retry.RetryPolicy;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.Receipt;
import io.promptferry.request.RequestLine;
import io.promptferry.request.TokenEstimate;
import io.promptferry.schemas.ErrorReason;
import io.promptferry.schemas.RecordDecoder.UndecodableException;
import io.promptferry.spans.SpanCursor;
import io.promptferry.spans.SpanCursor.Hit;
import io.promptferry.spans.SpanCursor.Position;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One batch on its way to its answers: goes through the prompts in the order of the log, takes each
 * one's outcome, and cuts what comes of them into chunks. A chunk and the receipt that says where
 * it ends are written together or not at all.
 */
final class Collection {

  /** Writes a chunk in one transaction; the batch is finished with the one that is settled. */
  interface ChunkWriter {

    /** Returns the receipt as it was written: where responses were shortened, it counts others. */
    Receipt write(
        List<ProducerRecord<byte[], byte[]>> responses,
        List<ProducerRecord<byte[], byte[]>> slices,
        Receipt receipt);
  }

  private final EndedBatch batch;
  private final CollectTools tools;
  private final SpanCursor prompts;
  private final BatchOutcomes outcomes;
  private final @Nullable Isolation isolation;
  private final Position start;
  private final Resending resending;
  private final Adjacency adjacency;
  private final Responses.Carriage carriage;
  private final ReceiptBook book;
  private Position position;
  private long line;

  /**
   * Goes on where the earlier receipt says.
   *
   * @param prompts begins there too, but at the start of a batch that is divided, whose lines are
   *     counted
   * @param isolation null where the job was not rejected as a whole
   */
  Collection(
      EndedBatch batch,
      CollectTools tools,
      SpanCursor prompts,
      BatchOutcomes outcomes,
      @Nullable Isolation isolation,
      ReceiptBook book) {
    this.batch = batch;
    this.tools = tools;
    this.prompts = prompts;
    this.outcomes = outcomes;
    this.isolation = isolation;
    this.start = position(batch.earlier());
    this.position = start;
    this.resending = new Resending(batch.batch(), batch.state().getJob());
    this.adjacency = new Adjacency();
    this.carriage = batch.carriage();
    this.book = book;
  }

  /** Where an earlier life got to. */
  static Position position(Optional<Receipt> earlier) {
    return earlier
        .map(receipt -> new Position(receipt.getSpan(), receipt.getNextOffset()))
        .orElse(Position.START);
  }

  /** Writes the next chunk; the batch is settled when the receipt of it is. */
  Receipt step(ChunkWriter writer) throws IOException {
    CollectSettings settings = tools.settings();
    Instant end = tools.clock().instant().plus(settings.chunkTime());
    var records = new ArrayList<ProducerRecord<byte[], byte[]>>();
    long bytes = 0;
    int taken = 0;
    while (prompts.hasNext()) {
      Hit hit = prompts.next();
      Optional<ProducerRecord<byte[], byte[]>> response = take(hit);
      if (isBehind(hit)) {
        continue;
      }
      if (response.isPresent()) {
        records.add(response.get());
        bytes += response.get().value().length;
      }
      taken++;
      position = hit.next();
      if (taken >= settings.chunkRecords()
          || bytes >= settings.chunkBytes()
          || !tools.clock().instant().isBefore(end)) {
        return write(writer, records, false);
      }
    }
    return write(writer, records, true);
  }

  private Receipt write(
      ChunkWriter writer, List<ProducerRecord<byte[], byte[]>> responses, boolean settled) {
    List<ProducerRecord<byte[], byte[]>> slices =
        resending.drain().stream().map(tools.slices()::record).toList();
    Receipt receipt = writer.write(responses, slices, book.receipt(settled, position));
    book.goOnFrom(receipt);
    return receipt;
  }

  /** Dealt with in an earlier life, and read again only to be counted. */
  private boolean isBehind(Hit hit) {
    return hit.next().compareTo(start) <= 0;
  }

  private Optional<ProducerRecord<byte[], byte[]>> take(Hit hit) throws IOException {
    long previous = adjacency.before(hit);
    Optional<Outcome> skipped = outcomes.skipped(hit.span(), hit.record().offset());
    line += skipped.isPresent() ? 0 : 1;
    if (isBehind(hit)) {
      return Optional.empty();
    }
    PromptEvent event = decode(hit.record());
    Outcome found =
        skipped.isPresent()
            ? skipped.get()
            : isolation == null
                ? outcomes.of(hit.span(), hit.record().offset(), tools.expectations().of(event))
                : isolation.of(line);
    if (event == null) { // Sliced by another version, perhaps: it cannot be sent again.
      return Optional.of(answered(hit, null, found));
    }
    Outcome outcome =
        tools
            .retries()
            .decide(
                found,
                new RetryPolicy.Sent(
                    batch.attemptsBilled(hit.span()),
                    Instant.ofEpochMilli(hit.record().timestamp()),
                    event.getDeadline()),
                tools.clock().instant());
    if (outcome instanceof Outcome.Retry retry) {
      resending.retry(
          resent(hit, previous, event),
          retry.why().reason().name(),
          retry.why().code(),
          retry.notBefore());
      book.add(hit.record().key(), outcome);
      return Optional.empty();
    }
    if (outcome instanceof Outcome.Parted parted) {
      resending.part(
          resent(hit, previous, event),
          parted.part(),
          parted.last(),
          ErrorReason.JOB_INVALID.name(),
          parted.code());
      book.add(hit.record().key(), outcome);
      return Optional.empty();
    }
    return Optional.of(answered(hit, event, outcome));
  }

  private ProducerRecord<byte[], byte[]> answered(
      Hit hit, @Nullable PromptEvent event, Outcome outcome) {
    Responses.Answer answer = answer(hit, event, outcome);
    book.add(hit.record().key(), answer.told());
    return answer.record();
  }

  private static ResentPrompt resent(Hit hit, long previous, PromptEvent event) {
    ConsumerRecord<byte[], byte[]> record = hit.record();
    return new ResentPrompt(
        hit.span(),
        record.offset(),
        previous,
        RequestLine.bound(record.partition(), record.offset(), event),
        TokenEstimate.of(event),
        event.getDeadline());
  }

  private Responses.Answer answer(Hit hit, @Nullable PromptEvent event, Outcome outcome) {
    ConsumerRecord<byte[], byte[]> prompt = hit.record();
    return tools
        .responses()
        .answer(
            new Responses.Prompt(
                prompt,
                prompt.topic() + "-" + prompt.partition() + "-" + prompt.offset(),
                Instant.ofEpochMilli(prompt.timestamp()),
                event),
            carriage.withAttempt(batch.attempt(hit.span()), batch.history(hit.span())),
            outcome);
  }

  private @Nullable PromptEvent decode(ConsumerRecord<byte[], byte[]> prompt) {
    try {
      return tools.decoder().decode(prompt.topic(), prompt.value());
    } catch (UndecodableException e) {
      return null;
    }
  }
}
