package io.promptferry.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.promptferry.records.Batch;
import io.promptferry.records.Slice;
import io.promptferry.records.Span;
import io.promptferry.schemas.HeaderNames;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * What went into the batcher and what came out of it, as read_committed readers find it, and where
 * the one does not follow from the other.
 */
record BatcherBooks(
    List<ConsumerRecord<byte[], byte[]>> prompts,
    List<ConsumerRecord<byte[], byte[]>> deadLetters,
    List<ConsumerRecord<byte[], Slice>> slices,
    List<ConsumerRecord<byte[], Batch>> batches) {

  private static final int SHOWN = 5;

  /** Places of prompts by the header that says what should become of them. */
  Map<String, List<Place>> expected() {
    var expected = new TreeMap<String, List<Place>>();
    prompts.forEach(
        prompt ->
            expected
                .computeIfAbsent(
                    text(prompt.headers(), PromptTraffic.EXPECTED), key -> new ArrayList<>())
                .add(new Place(prompt.partition(), prompt.offset())));
    return expected;
  }

  /** Where the prompts stand that should be answered by this model. */
  List<Place> good(String model) {
    return expected().getOrDefault(model, List.of());
  }

  int sliced() {
    return slices.stream().mapToInt(slice -> slice.value().getSpan().getCount()).sum();
  }

  int batched() {
    return batches.stream().mapToInt(batch -> batch.value().getCount()).sum();
  }

  /** A line for each thing that is not as it should be. */
  List<String> findings() {
    var findings = new ArrayList<String>();
    Map<String, List<Place>> expected = expected();
    NavigableSet<Place> visible = new TreeSet<>();
    expected.values().forEach(visible::addAll);
    for (String model : PromptTraffic.MODELS) {
      List<Place> good = good(model);
      findings.addAll(
          differences(
              "slices of " + model,
              good,
              slices.stream()
                  .map(ConsumerRecord::value)
                  .filter(slice -> slice.getLane().getModel().equals(model))
                  .flatMap(slice -> places(slice.getSpan(), visible))));
      findings.addAll(
          differences(
              "batches of " + model,
              good,
              batches.stream()
                  .map(ConsumerRecord::value)
                  .filter(batch -> batch.getLane().getModel().equals(model))
                  .flatMap(batch -> batch.getSpans().stream())
                  .flatMap(span -> places(span, visible))));
    }
    findings.addAll(
        differences(
            "dead letters",
            expected.getOrDefault(PromptTraffic.BAD, List.of()),
            deadLetters.stream().map(letter -> origin(letter.headers()))));
    Stream.concat(
            slices.stream().map(slice -> slice.value().getSpan()),
            batches.stream().flatMap(batch -> batch.value().getSpans().stream()))
        .forEach(span -> checkSpan(span, visible, findings));
    batches.forEach(batch -> checkCount(batch.value(), findings));
    return findings;
  }

  /** What is missing from the places found, there too often, or there without being expected. */
  static List<String> differences(String where, List<Place> expected, Stream<Place> found) {
    var times = new TreeMap<Place, Integer>();
    expected.forEach(place -> times.put(place, 0));
    var strange = new TreeSet<Place>();
    found.forEach(
        place -> {
          if (times.computeIfPresent(place, (key, count) -> count + 1) == null) {
            strange.add(place);
          }
        });
    var findings = new ArrayList<String>();
    note(findings, where, "without", with(times, count -> count == 0));
    note(findings, where, "more than once", with(times, count -> count > 1));
    note(findings, where, "against expectation", strange.stream());
    return findings;
  }

  private static Stream<Place> with(Map<Place, Integer> times, IntPredicate wanted) {
    return times.entrySet().stream()
        .filter(entry -> wanted.test(entry.getValue()))
        .map(Map.Entry::getKey);
  }

  private static void note(List<String> findings, String where, String what, Stream<Place> places) {
    List<Place> all = places.toList();
    if (!all.isEmpty()) {
      List<Place> some = all.subList(0, Math.min(SHOWN, all.size()));
      findings.add("%s %s: %d prompts, such as %s".formatted(where, what, all.size(), some));
    }
  }

  /** A run stands for the visible records in it, and begins and ends with one. */
  private static void checkSpan(Span span, NavigableSet<Place> visible, List<String> findings) {
    if (places(span, visible).count() != span.getCount()) {
      findings.add("a span's count is wrong: " + span);
    }
    for (Run run : Runs.decode(span.getRuns())) {
      if (!visible.contains(new Place(span.getPartition(), run.first()))
          || !visible.contains(new Place(span.getPartition(), run.last()))) {
        findings.add("a run ends on a record that nobody sees: " + run + " of " + span);
      }
    }
  }

  private static void checkCount(Batch batch, List<String> findings) {
    if (batch.getCount() != batch.getSpans().stream().mapToInt(Span::getCount).sum()) {
      findings.add("a batch's count is wrong: " + batch);
    }
  }

  private static Stream<Place> places(Span span, NavigableSet<Place> visible) {
    return Runs.decode(span.getRuns()).stream()
        .flatMap(
            run ->
                visible
                    .subSet(
                        new Place(span.getPartition(), run.first()),
                        true,
                        new Place(span.getPartition(), run.last()),
                        true)
                    .stream());
  }

  private static Place origin(Headers headers) {
    return Place.of(
        text(headers, HeaderNames.ERROR_PARTITION) + "-" + text(headers, HeaderNames.ERROR_OFFSET));
  }

  private static String text(Headers headers, String name) {
    return new String(headers.lastHeader(name).value(), UTF_8);
  }
}
