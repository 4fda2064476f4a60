package io.promptferry.collector.result;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.promptferry.schemas.ErrorReason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonExpectationTest {

  private static final String SCHEMA =
      "{'type':'object','required':['n'],'additionalProperties':false,"
          + "'properties':{'n':{'type':'integer','maximum':9},'s':{'enum':['a','b']}}}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'n':1}                 |                 |",
        "  {'n':1}\t             |                 |",
        "{'n':1.0,'s':'b'}       |                 |",
        "{'n':'1'}               | ANSWER_MISFIT   | /properties/n/type",
        "{'n':10}                | ANSWER_MISFIT   | /properties/n/maximum",
        "{'n':1e999}             | ANSWER_MISFIT   | /properties/n",
        "{}                      | ANSWER_MISFIT   | /required",
        "{'n':1,'s':'secret'}    | ANSWER_MISFIT   | /properties/s/enum",
        "{'n':1,'secret':1}      | ANSWER_MISFIT   | /additionalProperties",
        "null                    | ANSWER_MISFIT   | /type",
        "{'n':1} {'n':1}         | ANSWER_NOT_JSON | not JSON",
        "{'n':1                  | ANSWER_NOT_JSON | not JSON",
        "```json {'n':1}```      | ANSWER_NOT_JSON | not JSON",
        "\" \"                   | ANSWER_NOT_JSON | not JSON",
      })
  void aTextFitsItsSchemaOrSaysWhichRuleItBreaks(
      String text, @Nullable ErrorReason reason, @Nullable String rule) {
    Optional<Expectation.Misfit> misfit = fitting(SCHEMA).misfit(text.replace('\'', '"'));

    assertThat(misfit.map(Expectation.Misfit::reason)).isEqualTo(Optional.ofNullable(reason));
    misfit.ifPresent(
        found ->
            assertThat(found.flaw())
                .contains(String.valueOf(rule))
                .doesNotContain("secret")
                .hasLineCount(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'$ref':'#'}",
        "{'$ref':'#/nowhere'}",
        "{'$ref':'https://nowhere.invalid/schema'}",
        "{'$schema':'https://nowhere.invalid/dialect','type':'array'}",
        "{'type':7}",
        "{'type':'OBJECT'}",
        "{'$schema':'http://json-schema.org/draft-07/schema#','items':[{'type':'string'}]}",
        "{'properties':{'n':{'pattern':'('}}}",
        "{'properties':7}",
        "7",
      })
  void aSchemaThatCannotBeCheckedHoldsNobodyButToJson(String schema) {
    Expectation expectation = fitting(schema);

    assertThat(expectation.misfit("{\"n\":\"x\"}")).isEmpty();
    assertThat(expectation.misfit("x"))
        .map(Expectation.Misfit::reason)
        .contains(ErrorReason.ANSWER_NOT_JSON);
  }

  @Test
  void twoSchemasOfOneNameAreTwo() {
    Expectation numbers = fitting("{'$id':'https://a.invalid/s','type':'number'}");
    Expectation texts = fitting("{'$id':'https://a.invalid/s','type':'string'}");

    assertThat(numbers.misfit("1")).isEmpty();
    assertThat(texts.misfit("1")).isPresent();
    assertThat(texts.misfit("\"a\"")).isEmpty();
  }

  @Test
  void nothingIsFetched() throws IOException {
    var asked = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/s.json";
      assertThat(fitting("{'$ref':'" + url + "'}").misfit("1")).isEmpty();
      assertThat(fitting("{'$schema':'" + url + "'}").misfit("1")).isEmpty();
      assertThat(asked).hasValue(0);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aTextThatNestsTooDeepIsNoJsonAndHarmsNobody() {
    Expectation recursive = fitting("{'items':{'$ref':'#'}}");

    assertThat(recursive.misfit("[".repeat(900) + "]".repeat(900))).isEmpty();
    assertThat(recursive.misfit("[".repeat(9_000) + "]".repeat(9_000)))
        .map(Expectation.Misfit::reason)
        .contains(ErrorReason.ANSWER_NOT_JSON);
  }

  @Test
  void aPatternThatNeverEndsFits() {
    // With a reference to a group, Java tries every way to part the text.
    Expectation hostile = fitting("{'pattern':'^(a+)+\\\\1c$'}");

    assertThat(hostile.misfit("\"aac\"")).isEmpty();
    assertThat(hostile.misfit("\"aab\"")).isPresent();
    assertThat(hostile.misfit('"' + "a".repeat(60) + "b\"")).isEmpty();
    assertThat(hostile.misfit("\"aab\"")).as("given up for good").isEmpty();
  }

  private static Expectation fitting(String schema) {
    try {
      return JsonExpectation.fitting(new ObjectMapper().readTree(schema.replace('\'', '"')));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
