package io.promptferry.local.receipts;

import static io.promptferry.local.jobs.Batches.receipt;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiptRenderingTest {

  @Test
  void aReceiptIsALineOfTheTable() {
    List<String> lines = ReceiptTable.lines(List.of(Made.full(), receipt("b", false, 3, 1, 9)));

    assertThat(lines).hasSize(3);
    assertThat(lines.get(1).split(" {2,}", -1))
        .containsExactly(
            "2026-03-10T13:06:40Z",
            "a",
            "gemini-2.5-flash",
            "west",
            "1,234/5/7",
            "1,000,000/2,500",
            "$0.1506",
            "1m",
            "1h00m",
            "5m");
    assertThat(lines.get(2).split(" {2,}", -1))
        .containsExactly(
            "under way", "b", "gemini-2.5-flash", "default", "3/1/0", "0/0", "-", "-", "-", "-");
    assertThat(ReceiptTable.lines(List.of())).isEmpty();
  }

  @Test
  void theCountTellsWhatIsNotShown() {
    assertThat(ReceiptTable.count(1, 1)).isEqualTo("1 batch");
    assertThat(ReceiptTable.count(1200, 100))
        .isEqualTo("1,200 batches, the newest 100 shown; --limit shows more");
  }

  @Test
  void allOfAReceiptIsShown() {
    assertThat(ReceiptText.lines(Made.full()))
        .containsExactly(
            "batch     a",
            "state     settled",
            "job       batches/a",
            "model     gemini-2.5-flash",
            "account   west",
            "part of   r",
            "split     into 2 batches",
            "prompts   1,234 succeeded, 5 failed, 7 sent round again, 0 vanished",
            "tokens    1,000,000 in (0 cached), 2,000 out, 500 thinking",
            "bytes     at most 5,000 sent, 6,000 of results",
            "cost      $0.1506; one by one $0.3013; saved $0.1506; prices of 2026-03-01",
            "times",
            "  sealed    2026-03-10T12:00:00Z  by LINGER",
            "  submitted 2026-03-10T12:01:30Z  queued 1m",
            "  ended     2026-03-10T13:01:30Z  ran 1h00m",
            "  collected 2026-03-10T13:01:40Z  from then on",
            "  settled   2026-03-10T13:06:40Z  collected 5m",
            "failures",
            "  NO_TEXT  2",
            "  SAFETY  3",
            "retries",
            "  EXPIRED  7",
            "keys",
            "  shop  1,000 succeeded, 0 failed, 0 sent round again, 0 vanished;"
                + " tokens: 10 in (0 cached), 20 out, 0 thinking",
            "  (others)  234 succeeded, 0 failed, 0 sent round again, 0 vanished;"
                + " tokens: 1 in (0 cached), 2 out, 0 thinking");
  }

  @Test
  void aCostThatIsNotThereIsExplained() {
    assertThat(ReceiptText.lines(receipt("a", false, 1, 0, 1)))
        .contains("state     under way", "cost      told when it is settled");
    assertThat(ReceiptText.lines(receipt("a", true, 1, 0, 1)))
        .contains("cost      no published price");
  }

  @Test
  void jsonHasTheRecordAndTheTimes() {
    ObjectNode json = ReceiptJson.of(Made.full());

    assertThat(json.get("settled").isBoolean()).isTrue();
    assertThat(json.get("settled").booleanValue()).isTrue();
    assertThat(json.at("/totals/failures/SAFETY").intValue()).isEqualTo(3);
    assertThat(json.at("/keys/0/prefix").textValue()).isEqualTo("shop");
    assertThat(json.at("/cost/batch").longValue()).isEqualTo(150_625);
    assertThat(json.get("queueMs").longValue()).isEqualTo(90_000);
    assertThat(json.get("runMs").longValue()).isEqualTo(3_600_000);
    assertThat(json.get("collectMs").longValue()).isEqualTo(310_000);
    assertThat(ReceiptJson.of(receipt("b", false, 1, 0, 1)).has("runMs")).isFalse();
  }
}
