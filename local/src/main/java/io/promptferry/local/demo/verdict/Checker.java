package io.promptferry.local.demo.verdict;

import io.promptferry.local.demo.traffic.Sent;
import io.promptferry.local.demo.verdict.Ledger.Bill;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Status;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Holds what came out against what went in. Does no I/O: it is told of every answer, then of the
 * ledger, and then asked for its verdict.
 */
public final class Checker {

  private static final int TOLD_PER_FAULT = 5;

  /** Within which answers come in the order of the prompts. */
  private record Course(String key, String batchId, int partition) {}

  private final AnswerCheck check;
  private final Evidence evidence;
  private final Map<String, Sent> byId = new LinkedHashMap<>();
  private final Set<String> answered = new HashSet<>();
  private final Set<String> topicsSeen = new TreeSet<>();
  private final Map<Course, Long> lastOffsets = new HashMap<>();
  private final Map<Fault, Long> faults = new EnumMap<>(Fault.class);
  private final List<String> findings = new ArrayList<>();
  private long answers;
  private long succeeded;

  /**
   * @param published every prompt that was sent, no two with one id
   * @param topics where answers belong
   */
  public Checker(List<Sent> published, ResponseTopics topics) {
    this(published, topics, Evidence.DIGESTS_AND_LEDGER);
  }

  /**
   * @param published every prompt that was sent, no two with one id
   * @param topics where answers belong
   * @param evidence what can be checked
   */
  public Checker(List<Sent> published, ResponseTopics topics, Evidence evidence) {
    this.check = new AnswerCheck(topics, evidence);
    this.evidence = evidence;
    published.forEach(sent -> byId.put(sent.prompt().id(), sent));
    if (byId.size() != published.size()) {
      throw new IllegalArgumentException("two prompts have one id");
    }
  }

  /** Takes a record from a response topic; those of one partition in their order. */
  public void answer(ConsumerRecord<byte[], PromptResponse> answer) {
    answers++;
    topicsSeen.add(answer.topic());
    String id = answer.value().getId();
    String name = "the answer to %s (%s offset %d)".formatted(id, answer.topic(), answer.offset());
    boolean success = answer.value().getStatus() == Status.SUCCEEDED;
    if (success) {
      succeeded++;
    } else {
      find(Fault.FAILED, name + " is FAILED: " + answer.value().getError());
    }
    Sent sent = byId.get(id);
    if (sent == null) {
      find(Fault.MISATTRIBUTED, name + " answers no prompt that was published");
      return;
    }
    if (!answered.add(id)) {
      find(Fault.DUPLICATE, name + " is not the first");
      return;
    }
    if (success) {
      inspect(name, sent, answer);
    }
    followCourse(name, sent, answer);
  }

  /** Takes note that a record or a partition could not be read. */
  public void unread(String what) {
    find(Fault.UNREAD, what);
  }

  /**
   * Closes the account.
   *
   * @param ledger {@link Ledger#NONE} where there is none
   */
  public Verdict verdict(Ledger ledger) {
    byId.values().stream()
        .filter(sent -> !answered.contains(sent.prompt().id()))
        .forEach(
            sent ->
                find(
                    Fault.MISSING,
                    "%s (%s) has no answer".formatted(sent.prompt().id(), sent.coordinates())));
    if (evidence == Evidence.DIGESTS_AND_LEDGER) {
      checkBills(ledger.bills());
    }
    ledger.violations().forEach(violation -> find(Fault.VIOLATION, violation));
    faults.forEach(
        (fault, count) -> {
          if (count > TOLD_PER_FAULT) {
            findings.add("%s: %,d more".formatted(fault.figure(), count - TOLD_PER_FAULT));
          }
        });
    return new Verdict(
        byId.size(),
        answers,
        succeeded,
        ledger.bills().stream().mapToLong(Bill::times).sum(),
        ledger.jobs(),
        topicsSeen.size(),
        faults,
        findings,
        evidence);
  }

  private void inspect(String name, Sent sent, ConsumerRecord<byte[], PromptResponse> answer) {
    List<String> wrong = check.misattributions(sent, answer);
    if (!wrong.isEmpty()) {
      find(Fault.MISATTRIBUTED, name + ": " + String.join(", ", wrong));
      return;
    }
    List<String> damages = check.damages(sent, answer);
    if (!damages.isEmpty()) {
      find(Fault.DAMAGED, name + ": " + String.join(", ", damages));
    }
  }

  private void followCourse(String name, Sent sent, ConsumerRecord<byte[], PromptResponse> answer) {
    String batchId = answer.value().getBatchId();
    if (batchId == null) {
      return;
    }
    var course = new Course(sent.prompt().key(), batchId, sent.partition());
    Long last = lastOffsets.get(course);
    if (last != null && last > sent.offset()) {
      find(Fault.OUT_OF_ORDER, name + " comes after one to a later prompt of its batch");
    } else {
      lastOffsets.put(course, sent.offset());
    }
  }

  private void checkBills(List<Bill> bills) {
    var byKey = new HashMap<String, List<Bill>>();
    bills.forEach(bill -> byKey.computeIfAbsent(bill.key(), key -> new ArrayList<>()).add(bill));
    for (Sent sent : byId.values()) {
      List<Bill> own = byKey.remove(sent.lineKey());
      if (own == null) {
        find(Fault.MISBILLED, sent.prompt().id() + " was not billed");
      } else if (own.size() > 1 || own.get(0).times() != 1) {
        find(Fault.MISBILLED, sent.prompt().id() + " was billed more than once: " + own);
      }
    }
    byKey.values().forEach(own -> find(Fault.MISBILLED, "no prompt goes with the bill " + own));
  }

  private void find(Fault fault, String finding) {
    // A few of each, lest one flood bury all others.
    if (faults.merge(fault, 1L, Long::sum) <= TOLD_PER_FAULT) {
      findings.add(finding);
    }
  }
}
