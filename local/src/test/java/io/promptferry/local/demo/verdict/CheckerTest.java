package io.promptferry.local.demo.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.local.demo.traffic.DemoPrompt;
import io.promptferry.local.demo.traffic.Passage;
import io.promptferry.local.demo.traffic.Passages;
import io.promptferry.local.demo.traffic.Sent;
import io.promptferry.local.demo.verdict.Ledger.Bill;
import io.promptferry.records.EarlierAttempt;
import io.promptferry.records.PromptError;
import io.promptferry.records.PromptResponse;
import io.promptferry.records.Status;
import io.promptferry.schemas.HeaderNames;
import io.promptferry.simulator.PromptDigest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A clean run of nine prompts on two keys, and what becomes of the verdict when it is spoilt. */
class CheckerTest {

  private static final int PROMPTS = 9;
  private static final ResponseTopics TOPICS = new ResponseTopics("responses");

  private List<Sent> sent;
  private List<ConsumerRecord<byte[], PromptResponse>> answers;
  private List<Bill> bills;
  private List<String> violations;

  @BeforeEach
  void cleanRun() {
    List<Passage> passages =
        IntStream.range(0, PROMPTS)
            .mapToObj(i -> new Passage("p" + i, "Key " + i % 2, 1800 + i, "none", "Passage " + i))
            .toList();
    List<DemoPrompt> prompts = new Passages(passages).prompts(PROMPTS);
    sent = new ArrayList<>();
    answers = new ArrayList<>();
    bills = new ArrayList<>();
    violations = new ArrayList<>();
    for (int i = 0; i < PROMPTS; i++) {
      Sent one = new Sent(prompts.get(i), "prompts", i % 2, 100 + i);
      sent.add(one);
      answers.add(answer(one));
      bills.add(new Bill("d/batch-1", i % 2 + "-" + (100 + i), 1));
    }
  }

  @Test
  void aCleanRunPasses() {
    Verdict verdict = verdict();
    assertThat(verdict.findings()).isEmpty();
    assertThat(verdict.passed()).isTrue();
    assertThat(verdict.prompts()).isEqualTo(PROMPTS);
    assertThat(verdict.answers()).isEqualTo(PROMPTS);
    assertThat(verdict.succeeded()).isEqualTo(PROMPTS);
    assertThat(verdict.billedRequests()).isEqualTo(PROMPTS);
    assertThat(verdict.jobs()).isEqualTo(1);
    assertThat(verdict.responseTopics()).isEqualTo(2);
  }

  @Test
  void anAnswerDropped() {
    answers.remove(4);
    Verdict verdict = failsOnlyBy(Fault.MISSING, 1);
    assertThat(verdict.answers()).isEqualTo(PROMPTS - 1);
    assertThat(verdict.findings()).singleElement().asString().contains("p4", "prompts-0-104");
  }

  @Test
  void anAnswerDoubled() {
    answers.add(answers.get(4));
    Verdict verdict = failsOnlyBy(Fault.DUPLICATE, 1);
    assertThat(verdict.answers()).isEqualTo(PROMPTS + 1);
  }

  @Test
  void twoAnswersSwapped() {
    String first = answers.get(0).value().getText();
    answers.get(0).value().setText(answers.get(4).value().getText());
    answers.get(4).value().setText(first);
    failsOnlyBy(Fault.MISATTRIBUTED, 2);
  }

  @Test
  void twoJsonAnswersSwapped() {
    assertThat(sent.get(2).prompt().json()).isTrue();
    answers.get(2).value().setText(answers.get(8).value().getText());
    failsOnlyBy(Fault.MISATTRIBUTED, 1);
  }

  @Test
  void anAnswerWithoutDigest() {
    answers.get(0).value().setText("Passage 0");
    failsOnlyBy(Fault.MISATTRIBUTED, 1);
  }

  @Test
  void anAnswerUnderAWrongKey() {
    ConsumerRecord<byte[], PromptResponse> right = answers.get(3);
    answers.set(3, record(right.topic(), bytes("Key 0"), right));
    failsOnlyBy(Fault.MISATTRIBUTED, 1);
  }

  @Test
  void anAnswerOnAWrongTopic() {
    ConsumerRecord<byte[], PromptResponse> right = answers.get(3);
    answers.set(3, record("responses", right.key(), right));
    Verdict verdict = failsOnlyBy(Fault.MISATTRIBUTED, 1);
    assertThat(verdict.responseTopics()).isEqualTo(3);
  }

  @Test
  void anAnswerThatNamesOtherCoordinates() {
    answers
        .get(3)
        .headers()
        .remove(HeaderNames.PROMPT)
        .add(HeaderNames.PROMPT, bytes("prompts-1-1"));
    failsOnlyBy(Fault.MISATTRIBUTED, 1);
  }

  @Test
  void anAnswerToNoPrompt() {
    answers.get(3).value().setId("somebody else's");
    Verdict verdict = verdict();
    assertThat(found(verdict)).isEqualTo(Map.of(Fault.MISATTRIBUTED, 1L, Fault.MISSING, 1L));
    assertThat(verdict.passed()).isFalse();
  }

  @Test
  void aHeaderLost() {
    answers.get(3).headers().remove(DemoPrompt.TRACE_HEADER);
    failsOnlyBy(Fault.DAMAGED, 1);
  }

  @Test
  void aHeaderDoubled() {
    answers.get(3).headers().add(DemoPrompt.TRACE_HEADER, bytes("another"));
    failsOnlyBy(Fault.DAMAGED, 1);
  }

  @Test
  void theCoordinatesLost() {
    answers.get(3).headers().remove(HeaderNames.PROMPT);
    failsOnlyBy(Fault.DAMAGED, 1);
  }

  @Test
  void attributesLost() {
    answers.get(3).value().setAttributes(Map.of());
    failsOnlyBy(Fault.DAMAGED, 1);
  }

  @Test
  void jsonThatDoesNotFitTheSchema() {
    PromptResponse response = answers.get(2).value();
    response.setText(response.getText().replace("ECONOMY", "GARDENING"));
    failsOnlyBy(Fault.DAMAGED, 1);
  }

  @Test
  void answersOfABatchInTheWrongOrder() {
    Collections.swap(answers, 0, 2);
    failsOnlyBy(Fault.OUT_OF_ORDER, 1);
  }

  @Test
  void retriesOfABatchInTheWrongOrderWhateverTheirHistory() {
    answers
        .get(2)
        .value()
        .setHistory(List.of(new EarlierAttempt("batch-0", "batches/0", "MODEL_ERROR", 13)));
    Collections.swap(answers, 0, 2);
    failsOnlyBy(Fault.OUT_OF_ORDER, 1);
  }

  @Test
  void batchesMayOvertakeEachOther() {
    answers.get(0).value().setBatchId("batch-2");
    Collections.swap(answers, 0, 2);
    assertThat(verdict().passed()).isTrue();
  }

  @Test
  void aFailedAnswer() {
    PromptResponse response = answers.get(3).value();
    response.setStatus(Status.FAILED);
    response.setText(null);
    response.setError(PromptError.newBuilder().setReason("MODEL_ERROR").build());
    Verdict verdict = failsOnlyBy(Fault.FAILED, 1);
    assertThat(verdict.succeeded()).isEqualTo(PROMPTS - 1);
    assertThat(verdict.findings()).singleElement().asString().contains("MODEL_ERROR");
  }

  @Test
  void aRequestBilledTwice() {
    bills.set(3, new Bill("d/batch-1", bills.get(3).key(), 2));
    Verdict verdict = failsOnlyBy(Fault.MISBILLED, 1);
    assertThat(verdict.billedRequests()).isEqualTo(PROMPTS + 1);
  }

  @Test
  void aRequestBilledUnderTwoNames() {
    bills.add(new Bill("d/batch-2", bills.get(3).key(), 1));
    failsOnlyBy(Fault.MISBILLED, 1);
  }

  @Test
  void aRequestNotBilled() {
    bills.remove(3);
    failsOnlyBy(Fault.MISBILLED, 1);
  }

  @Test
  void aBillForNoPrompt() {
    bills.add(new Bill("d/batch-1", "2-1", 1));
    failsOnlyBy(Fault.MISBILLED, 1);
  }

  @Test
  void aViolation() {
    violations.add("BAD_KEY");
    failsOnlyBy(Fault.VIOLATION, 1);
  }

  @Test
  void somethingUnread() {
    var checker = new Checker(sent, TOPICS);
    answers.forEach(checker::answer);
    checker.unread("responses-0");
    Verdict verdict = checker.verdict(new Ledger(1, bills, violations));
    assertThat(found(verdict)).isEqualTo(Map.of(Fault.UNREAD, 1L));
    assertThat(verdict.passed()).isFalse();
  }

  @Test
  void aFloodOfOneFaultDoesNotHideAnother() {
    List<ConsumerRecord<byte[], PromptResponse>> twice = new ArrayList<>(answers);
    answers.addAll(twice);
    bills.remove(3);
    Verdict verdict = verdict();
    assertThat(verdict.count(Fault.DUPLICATE)).isEqualTo(PROMPTS);
    assertThat(verdict.findings())
        .hasSize(7)
        .contains("duplicates: 4 more")
        .anyMatch(finding -> finding.contains("p3 was not billed"));
  }

  @Test
  void withoutDigestsAndALedgerTheAnswersAloneAreJudged() {
    answers.replaceAll(answer -> with(answer, "What Gemini says."));
    bills.clear();
    assertThat(verdict().passed()).isFalse();
    Verdict live = live();
    assertThat(live.passed()).as("%s", live.findings()).isTrue();

    answers.remove(1);
    answers.add(answers.get(0));
    answers.set(2, record("responses.other", bytes("other"), answers.get(2)));
    assertThat(found(live()))
        .isEqualTo(Map.of(Fault.MISSING, 1L, Fault.DUPLICATE, 1L, Fault.MISATTRIBUTED, 1L));
    assertThat(live().passed()).isFalse();
  }

  @Test
  void orderIsJudgedWithoutALedgerToo() {
    Collections.reverse(answers);
    assertThat(live().count(Fault.OUT_OF_ORDER)).isPositive();
  }

  private Verdict live() {
    var checker = new Checker(sent, TOPICS, Evidence.ANSWERS_ALONE);
    answers.forEach(checker::answer);
    return checker.verdict(Ledger.NONE);
  }

  /** The same answer in other words; one in JSON stays as it is. */
  private static ConsumerRecord<byte[], PromptResponse> with(
      ConsumerRecord<byte[], PromptResponse> answer, String text) {
    String old = String.valueOf(answer.value().getText());
    answer.value().setText(old.startsWith("{") ? old.replaceAll("\\[sha256:.*]", "") : text);
    return answer;
  }

  private Verdict failsOnlyBy(Fault fault, long times) {
    Verdict verdict = verdict();
    assertThat(found(verdict)).as("%s", verdict.findings()).isEqualTo(Map.of(fault, times));
    assertThat(verdict.passed()).isFalse();
    return verdict;
  }

  private static Map<Fault, Long> found(Verdict verdict) {
    return verdict.faults().entrySet().stream()
        .filter(fault -> fault.getValue() > 0)
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private Verdict verdict() {
    var checker = new Checker(sent, TOPICS);
    answers.forEach(checker::answer);
    return checker.verdict(new Ledger(1, bills, violations));
  }

  private static ConsumerRecord<byte[], PromptResponse> answer(Sent sent) {
    DemoPrompt prompt = sent.prompt();
    String says = "Passage [sha256:" + PromptDigest.of(prompt.text()) + "]";
    String json = "{\"summary\":\"%s\",\"topic\":\"ECONOMY\",\"tone\":\"HOPEFUL\"}".formatted(says);
    PromptResponse response =
        PromptResponse.newBuilder()
            .setId(prompt.id())
            .setStatus(Status.SUCCEEDED)
            .setText(prompt.json() ? json : says)
            .setBatchId("batch-1")
            .setPromptedAt(Instant.EPOCH)
            .setAttributes(prompt.attributes())
            .build();
    var record =
        new ConsumerRecord<>(
            "responses." + prompt.key().replace(" ", "-20"),
            0,
            sent.offset(),
            bytes(prompt.key()),
            response);
    record.headers().add(DemoPrompt.TRACE_HEADER, bytes(prompt.traceparent()));
    record
        .headers()
        .add(HeaderNames.PROMPT, bytes("prompts-%d-%d".formatted(sent.partition(), sent.offset())));
    return record;
  }

  private static ConsumerRecord<byte[], PromptResponse> record(
      String topic, byte[] key, ConsumerRecord<byte[], PromptResponse> like) {
    var record = new ConsumerRecord<>(topic, like.partition(), like.offset(), key, like.value());
    like.headers().forEach(record.headers()::add);
    return record;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
