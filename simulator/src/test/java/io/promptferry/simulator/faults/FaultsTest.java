package io.promptferry.simulator.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultsTest {
  private final Faults faults = new Faults();

  private void arm(String json) throws JsonProcessingException {
    faults.replace(FaultReader.read(new ObjectMapper().readTree(json)));
  }

  private String strikes(int calls) {
    StringBuilder pattern = new StringBuilder();
    for (int i = 0; i < calls; i++) {
      pattern.append(faults.onCall(Point.CREATE, "d").map(e -> "" + e.status()).orElse("."));
    }
    return pattern.toString();
  }

  @Test
  void letsTheFirstThroughAndStrikesSoOften() throws Exception {
    arm("[{'call':'create','what':{'status':503},'skip':2,'times':3}]".replace('\'', '"'));
    assertThat(strikes(7)).isEqualTo("..503503503..");
    assertThat(faults.json().get(0).path("seen").asInt()).isEqualTo(7);
    assertThat(faults.json().get(0).path("fired").asInt()).isEqualTo(3);
  }

  @Test
  void theFirstThatStrikesIsTheOneAndTheNextDoNotSeeIt() throws Exception {
    arm(
        """
        [{"call":"create","what":{"status":500},"times":1},
         {"call":"create","what":{"status":503},"times":1,"match":"other"},
         {"call":"get","what":{"status":501}},
         {"call":"create","what":{"status":502},"times":2}]
        """);
    assertThat(strikes(4)).isEqualTo("500502502.");
    assertThat(faults.json().get(1).path("seen").asInt()).isZero();
    assertThat(faults.json().get(3).path("seen").asInt()).isEqualTo(3);
  }

  @Test
  void chanceIsThatOfTheSeed() throws Exception {
    List<String> patterns = new ArrayList<>();
    for (long seed : new long[] {7, 7, 8}) {
      arm(
          "[{\"call\":\"create\",\"what\":{\"status\":1},\"probability\":0.3,\"seed\":%d}]"
              .formatted(seed)
              .replace(":1}", ":500}"));
      patterns.add(strikes(200));
    }
    assertThat(patterns.get(0)).isEqualTo(patterns.get(1)).isNotEqualTo(patterns.get(2));
    assertThat(patterns.get(0).chars().filter(c -> c == '5').count()).isBetween(40L, 80L);
  }

  @Test
  void aLinesChanceIsItsOwnWhateverCameBefore() throws Exception {
    String json = "[{\"call\":\"line\",\"what\":{\"lost\":true},\"probability\":0.5,\"seed\":3}]";
    List<Boolean> forwards = new ArrayList<>();
    arm(json);
    for (int i = 0; i < 100; i++) {
      forwards.add(faults.onLine(1, "k" + i).lost());
    }
    arm(json);
    for (int i = 99; i >= 0; i--) {
      assertThat(faults.onLine(1, "k" + i).lost()).isEqualTo(forwards.get(i));
    }
    List<Boolean> nextJob = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      nextJob.add(faults.onLine(2, "k" + i).lost());
    }
    assertThat(forwards).contains(true, false).isNotEqualTo(nextJob);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | faults must be a list, [] for none",
        "[{'what':{'status':500}}] | fault 0: a fault needs a call and an object what",
        "[{'call':'creat','what':{'status':500}}] | fault 0: no call 'creat': it is one of upload.start,",
        "[{'call':'get','what':{'stauts':500}}] | fault 0: no field 'stauts', but [",
        "[{'call':'get','what':{'status':500},'time':1}] | fault 0: no field 'time', but [",
        "[{'call':'get','what':{}}] | fault 0: give one of status",
        "[{'call':'get','what':{'status':500,'drop':'after'}}] | fault 0: give one of status",
        "[{'call':'get','what':{'status':99}}] | fault 0: status must be 200 to 599",
        "[{'call':'get','what':{'hang':1,'body':{}}}] | fault 0: body and retryAfter go with a status",
        "[{'call':'get','what':{'drop':'during'}}] | fault 0: drop must be before or after",
        "[{'call':'get','what':{'hang':-1}}] | fault 0: hang, truncate and delayEffect must not be",
        "[{'call':'get','what':{'delayEffect':5}}] | fault 0: delayEffect is for one of [",
        "[{'call':'get','what':{'noRange':true}}] | fault 0: noRange is for download",
        "[{'call':'job','what':{'state':'DONE'}}] | fault 0: state must be one of",
        "[{'call':'job','what':{'missing':0.5}}] | fault 0: give a state, unreadableFor, stuck or a path",
        "[{'call':'job','what':{'state':'EXPIRED','missing':2}}] | fault 0: missing is a share",
        "[{'call':'line','what':{}}] | fault 0: say what happens to the line",
        "[{'call':'line','what':{'huge':100000000}}] | fault 0: huge must be 0 to",
        "[{'call':'line','what':{'lost':true},'probability':1.5}] | fault 0: probability must be",
        "[{'call':'line','what':{'lost':true},'times':-1}] | fault 0: times and skip must not be",
        "[{'call':'line','what':{'lost':true}},{'call':'line','what':{'lost':'often'}}] | fault 1: ",
      })
  void refusesWhatItWouldHaveToGuess(String json, String why) {
    assertThatThrownBy(() -> arm(json.replace('\'', '"')))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(why)
        .hasMessageNotContaining("\n");
  }
}
