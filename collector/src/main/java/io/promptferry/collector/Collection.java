package io.promptferry.collector;

import io.promptferry.collector.response.Responses;
import io.promptferry.collector.result.Outcome;
import io.promptferry.records.Batch;
import io.promptferry.records.Job;
import io.promptferry.records.JobState;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.Receipt;
import io.promptferry.records.Totals;
import io.promptferry.schemas.RecordDecoder;
import io.promptferry.schemas.RecordDecoder.UndecodableException;
import io.promptferry.spans.SpanCursor;
import io.promptferry.spans.SpanCursor.Position;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One batch on its way to its answers: goes through the prompts in the order of the log, takes each
 * one's outcome, and cuts the responses into chunks. A chunk and the receipt that says where it
 * ends are written together or not at all.
 */
final class Collection {

  /** Writes a chunk in one transaction; the batch is finished with the one that is settled. */
  interface ChunkWriter {
    void write(List<ProducerRecord<byte[], byte[]>> responses, Receipt receipt);
  }

  private final Job submission;
  private final JobState state;
  private final Responses responses;
  private final RecordDecoder<PromptEvent> decoder;
  private final CollectSettings settings;
  private final Clock clock;
  private final Responses.Carriage carriage;

  Collection(
      JobState state,
      Job submission,
      Responses responses,
      RecordDecoder<PromptEvent> decoder,
      CollectSettings settings,
      Clock clock) {
    this.state = state;
    this.submission = submission;
    this.responses = responses;
    this.decoder = decoder;
    this.settings = settings;
    this.clock = clock;
    Batch batch = submission.getBatch();
    this.carriage =
        new Responses.Carriage(
            batch.getBatchId(),
            state.getJob(),
            batch.getLane().getModel(),
            1,
            batch.getSealedAt(),
            submittedAt(),
            state.getEndedAt());
  }

  /** Where an earlier life got to. */
  static Position position(Optional<Receipt> earlier) {
    return earlier
        .map(receipt -> new Position(receipt.getSpan(), receipt.getNextOffset()))
        .orElse(Position.START);
  }

  /**
   * Writes what is still to be written of the batch.
   *
   * @param prompts begins at the position of the earlier receipt
   * @return the totals of the whole batch
   */
  Totals run(
      SpanCursor prompts, BatchOutcomes outcomes, Optional<Receipt> earlier, ChunkWriter writer)
      throws IOException {
    var tally = new Tally(earlier.map(Receipt::getTotals).orElseGet(Totals::new));
    var chunk = new ArrayList<ProducerRecord<byte[], byte[]>>();
    Position position = position(earlier);
    long bytes = 0;
    while (prompts.hasNext()) {
      SpanCursor.Hit hit = prompts.next();
      Outcome outcome = outcomes.of(hit.span(), hit.record().offset());
      Responses.Answer answer = answer(hit, outcome);
      tally.add(answer.told());
      chunk.add(answer.record());
      bytes += answer.record().value().length;
      position = new Position(hit.span(), hit.record().offset() + 1);
      if (chunk.size() >= settings.chunkRecords() || bytes >= settings.chunkBytes()) {
        writer.write(chunk, receipt(false, position, tally.totals()));
        chunk.clear();
        bytes = 0;
      }
    }
    tally.closeWith(submission.getBatch().getCount());
    writer.write(chunk, receipt(true, position, tally.totals()));
    return tally.totals();
  }

  private Responses.Answer answer(SpanCursor.Hit hit, Outcome outcome) {
    ConsumerRecord<byte[], byte[]> prompt = hit.record();
    int attempt = submission.getBatch().getSpans().get(hit.span()).getAttempt();
    return responses.answer(
        new Responses.Prompt(
            prompt,
            prompt.topic() + "-" + prompt.partition() + "-" + prompt.offset(),
            Instant.ofEpochMilli(prompt.timestamp()),
            decode(prompt)),
        carriage.withAttempt(attempt),
        outcome);
  }

  private @Nullable PromptEvent decode(ConsumerRecord<byte[], byte[]> prompt) {
    try {
      return decoder.decode(prompt.topic(), prompt.value());
    } catch (UndecodableException e) {
      return null;
    }
  }

  private Receipt receipt(boolean settled, Position position, Totals totals) {
    Batch batch = submission.getBatch();
    return Receipt.newBuilder()
        .setBatchId(batch.getBatchId())
        .setJob(state.getJob())
        .setModel(batch.getLane().getModel())
        .setSettled(settled)
        .setSpan(position.span())
        .setNextOffset(position.offset())
        .setTotals(totals)
        .setSealReason(batch.getSealReason())
        .setSealedAt(batch.getSealedAt())
        .setSubmittedAt(submittedAt())
        .setEndedAt(state.getEndedAt())
        .setUpdatedAt(clock.instant())
        .build();
  }

  private @Nullable Instant submittedAt() {
    return state.getJob() == null ? null : submission.getAt();
  }
}
