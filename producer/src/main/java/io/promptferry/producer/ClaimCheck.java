package io.promptferry.producer;

import io.promptferry.records.Part;
import io.promptferry.records.PromptEvent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Moves inline parts to a store, the largest first, until what stays is within the limit. The raw
 * form is left as it is: whoever writes a whole request names its files.
 *
 * @param inlineMaxBytes of all inline parts of one prompt
 * @param partWait how long a part must be readable after the prompt was sent, or until its deadline
 *     where that is later
 */
record ClaimCheck(PartStore store, int inlineMaxBytes, Duration partWait) {

  PromptEvent apply(PromptEvent event, Instant now) {
    List<Part> parts = event.getParts();
    long inline = parts.stream().mapToLong(ClaimCheck::bytes).sum();
    if (inline <= inlineMaxBytes) {
      return event;
    }
    Instant until = until(event, now);
    List<Part> moved = new ArrayList<>(parts);
    for (int i : largestFirst(parts)) {
      if (inline <= inlineMaxBytes) {
        break;
      }
      inline -= bytes(parts.get(i));
      moved.set(i, move(parts.get(i), until));
    }
    return PromptEvent.newBuilder(event).setParts(moved).build();
  }

  private Part move(Part part, Instant until) {
    ByteBuffer data = part.getData().duplicate();
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    PartStore.Stored stored = store.store(bytes, part.getMimeType(), until);
    stored
        .expiry()
        .filter(expiry -> expiry.isBefore(until))
        .ifPresent(
            expiry -> {
              throw new PartStoreException(
                  "a part would be readable until %s, and the prompt needs it until %s: give it an earlier deadline, lower %s, or store it elsewhere"
                      .formatted(expiry, until, ProducerSettings.PART_WAIT));
            });
    return Part.newBuilder().setFileUri(stored.uri()).setMimeType(part.getMimeType()).build();
  }

  private Instant until(PromptEvent event, Instant now) {
    Instant expected = now.plus(partWait);
    Instant deadline = event.getDeadline();
    return deadline != null && deadline.isAfter(expected) ? deadline : expected;
  }

  private static List<Integer> largestFirst(List<Part> parts) {
    return IntStream.range(0, parts.size())
        .boxed()
        .filter(i -> bytes(parts.get(i)) > 0)
        .sorted(Comparator.comparingLong((Integer i) -> bytes(parts.get(i))).reversed())
        .toList();
  }

  private static long bytes(Part part) {
    return part.getData() == null ? 0 : part.getData().remaining();
  }
}
