package io.promptferry.local.run;

import io.promptferry.local.client.BadLineException;
import io.promptferry.local.client.PromptLine;
import io.promptferry.local.progress.Meter;
import io.promptferry.local.rows.Row;
import io.promptferry.local.rows.Rows;
import io.promptferry.records.PromptEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;

/** Reads rows, makes prompts of them, and sends those that are not there yet. */
public final class Sending {

  /** Of one transaction, so that images do not fill the memory. */
  private static final long MOST_BYTES = 4_000_000;

  /** Makes the meter for so many rows done and so many in all. */
  public interface Meters {
    Meter of(long before, long all);
  }

  private final InputStream standardInput;
  private final Serializer<PromptEvent> serializer;
  private final Clock clock;
  private final Meters meters;

  public Sending(
      InputStream standardInput, Serializer<PromptEvent> serializer, Clock clock, Meters meters) {
    this.standardInput = standardInput;
    this.serializer = serializer;
    this.clock = clock;
    this.meters = meters;
  }

  /** How many rows were sent now. */
  int send(Run.Order order, RunState state, BitSet there, RowSender sender, BadRows bad)
      throws IOException {
    boolean isFile = order.input().path().isPresent();
    long all = isFile ? count(order) : -1;
    int sent = 0;
    long bytes = 0;
    List<RowSender.Outgoing> chunk = new ArrayList<>();
    try (Rows rows = order.input().open(standardInput, order.form());
        Meter meter = meters.of(there.cardinality(), all)) {
      for (Optional<Row> next = rows.next(); next.isPresent(); next = rows.next()) {
        Row row = next.get();
        if (there.get(row.number())) {
          continue;
        }
        Optional<ProducerRecord<byte[], byte[]>> record = record(order, state, row, bad);
        if (record.isPresent()) {
          chunk.add(new RowSender.Outgoing(row, record.get()));
          bytes += record.get().value().length;
        }
        // Somebody types, or a program writes: what is there goes now, and not with what will come.
        boolean waits = !isFile && standardInput.available() == 0;
        if (chunk.size() >= order.rowsPerTransaction() || bytes >= MOST_BYTES || waits) {
          sent += sender.send(chunk);
          chunk.clear();
          bytes = 0;
          meter.at(there.cardinality() + sent);
        }
      }
      sent += sender.send(chunk);
      meter.at(there.cardinality() + sent);
    }
    return sent;
  }

  private Optional<ProducerRecord<byte[], byte[]>> record(
      Run.Order order, RunState state, Row row, BadRows bad) throws IOException {
    if (row instanceof Row.Content content) {
      try {
        PromptLine prompt = order.form().prompt(content, clock.instant());
        byte[] key = prompt.key().map(text -> text.getBytes(StandardCharsets.UTF_8)).orElse(null);
        byte[] value = serializer.serialize(state.topic(), prompt.event());
        var record = new ProducerRecord<>(state.topic(), key, value);
        prompt
            .headers()
            .forEach(
                (name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        RunMark.put(record.headers(), state.run(), row.number());
        return Optional.of(record);
      } catch (BadLineException e) {
        bad.add(row, e.reason());
      }
    } else if (row instanceof Row.Unreadable unreadable) {
      bad.add(row, unreadable.reason());
    }
    return Optional.empty();
  }

  private long count(Run.Order order) throws IOException {
    long rows = 0;
    try (Rows all = order.input().open(standardInput, order.form())) {
      while (all.next().isPresent()) {
        rows++;
      }
    }
    return rows;
  }
}
