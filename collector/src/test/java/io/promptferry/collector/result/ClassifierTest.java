package io.promptferry.collector.result;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.promptferry.records.Usage;
import io.promptferry.schemas.ErrorReason;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifierTest {

  private static final String USAGE =
      "{'promptTokenCount':7,'candidatesTokenCount':5,'thoughtsTokenCount':3,"
          + "'cachedContentTokenCount':2,'totalTokenCount':15}";

  @Test
  void anAnswerIsTextFinishReasonAndUsage() {
    Outcome.Answered answer =
        answered(
            "{'key':'0-1','response':{'candidates':[{'content':{'parts':[{'text':'ferry'}],"
                + "'role':'model'},'finishReason':'STOP'}],'usageMetadata':"
                + USAGE
                + "}}");

    assertThat(answer.text()).isEqualTo("ferry");
    assertThat(answer.finishReason()).isEqualTo("STOP");
    assertThat(answer.usage()).isEqualTo(new Usage(7L, 5L, 3L, 2L, 15L));
  }

  @Test
  void whatUsageDoesNotNameIsNought() {
    assertThat(answered(withParts("{'text':'a'}", "'usageMetadata':{'totalTokenCount':4}")).usage())
        .isEqualTo(new Usage(0L, 0L, 0L, 0L, 4L));
    assertThat(answered(withParts("{'text':'a'}", "'modelVersion':'m'")).usage()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'text':'one'}                                                    | one",
        "{'text':'one '},{'text':'two'},{'text':'!'}                       | one two!",
        "{'thought':true,'text':'hm'},{'text':'yes'}                       | yes",
        "{'text':'a'},{'thought':true,'text':'hm'},{'text':'b'}            | ab",
        "{'thought':false,'text':'said'}                                   | said",
        "{'text':'see '},{'inlineData':{'mimeType':'image/png','data':''}} | \"see \"",
        "{'functionCall':{'name':'f','args':{}}}                           |",
        "{'text':''}                                                       | \"\"",
      })
  void theTextIsThatOfAllPartsButThoughts(String parts, @Nullable String text) {
    assertThat(answered(withParts(parts, "'responseId':'r'")).text()).isEqualTo(text);
  }

  @Test
  void onlyTheFirstCandidateCounts() {
    String line =
        "{'response':{'candidates':["
            + "{'content':{'parts':[{'text':'first'}]},'finishReason':'STOP'},"
            + "{'content':{'parts':[{'text':'second'}]},'finishReason':'SAFETY'}]}}";

    assertThat(answered(line).text()).isEqualTo("first");
    assertThat(answered(line).finishReason()).isEqualTo("STOP");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{ }",
        "{\"a\" :\t1 , \"b\":[ 1,2 ,{ \"c\": null } ]\r}",
        "{\"s\":\"na\u00efve \u00fc\u00f1\u00ee \ud83d\udea2 \u65e5\u672c\u8a9e\"}",
        "{\"escaped\":\"\\u00e9\\ud83d\\udea2\\n\\/\\\"}\"}",
        "{\"n\":1.0000000000000000000001,\"e\":1E+2,\"z\":-0}",
        "{\"a\":1,\"a\":2}",
        "{\"usageMetadata\":{\"serviceTier\":\"x\"},\"citationSources\":[{}]}",
      })
  void theResponseStaysAsItCameByteForByte(String response) {
    String[] lines = {
      "{\"key\":\"0-1\",\"response\":%s}",
      "{\"response\":%s,\"key\":\"0-1\"}",
      "  { \"key\" : \"0-1\"\t,  \"response\" :   %s  , \"more\":[1]} \r",
      "{\"caf\u00e9 \ud83d\udea2\":\"\u00fc\",\"key\":\"0-1\",\"response\":\t%s}",
      "\ufeff{\"key\":\"0-1\",\"response\":%s}",
    };
    for (String line : lines) {
      assertThat(raw(line.formatted(response))).as(line).isEqualTo(response);
    }
  }

  @Test
  void aLongResponseStaysAsItCame() {
    String response = "{\"s\":\"" + "\u00fc\u65e5\ud83d\udea2 ".repeat(50_000) + "\"}";

    assertThat(raw("{\"key\":\"0-1\",\"response\":" + response + "}")).isEqualTo(response);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{}                                                                     | answered nothing",
        "{'candidates':[]}                                                      | answered nothing",
        "{'candidates':[{'finishReason':'SAFETY'}]}                             | SAFETY",
        "{'candidates':[{'content':{'role':'model'},'finishReason':'STOP'}]}    | STOP",
        "{'candidates':[{'content':{'parts':[]},'finishReason':'RECITATION'}]}  | RECITATION",
        "{'promptFeedback':{'blockReason':'PROHIBITED_CONTENT'}}                | blocked, PROHIBITED_CONTENT",
        "{'candidates':[{'content':{'parts':[{'thought':true,'text':'hm'}]},'finishReason':'MAX_TOKENS'}]} | MAX_TOKENS",
      })
  void aResponseWithoutContentIsNoAnswer(String response, String inMessage) {
    Outcome.Failed failure = failed("{'key':'0-1','response':" + response + "}");

    assertThat(failure.reason()).isEqualTo(ErrorReason.EMPTY_ANSWER);
    assertThat(failure.code()).isNull();
    assertThat(failure.message()).contains(inMessage);
  }

  @Test
  void whatAnEmptyAnswerGaveIsKept() {
    Outcome.Failed failure =
        failed(
            "{'response':{'candidates':[{'finishReason':'SAFETY'}],'usageMetadata':"
                + USAGE
                + "}}");

    assertThat(failure.answer())
        .isEqualTo(
            new Outcome.Answered(
                null,
                quoted("{'candidates':[{'finishReason':'SAFETY'}],'usageMetadata':" + USAGE + "}"),
                "SAFETY",
                new Usage(7L, 5L, 3L, 2L, 15L)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'error':{'code':3,'message':'too long'}                             | 3 | too long",
        "'error':{'message':'no code'}                                       |   | no code",
        "'error':{'code':1}                                                  | 1 | without a message",
        "'error':{}                                                          |   | without a message",
        "'error':13                                                          | 13 | without a message",
        "'error':'gone wrong'                                                |   | gone wrong",
        "'status':{'code':8,'message':'exhausted','details':[{'@type':'x'}]} | 8 | exhausted",
        "'status':7                                                          | 7 | without a message",
        "'error':{'code':3,'message':'e'},'status':'FAILED'                  | 3 | e",
        "'status':{'code':9,'message':'s'},'error':{'code':3,'message':'e'}  | 3 | e",
        "'status':{'code':9,'message':'s'},'error':null                      | 9 | s",
        "'response':null,'error':{'code':3,'message':'e'}                    | 3 | e",
      })
  void anErrorIsTheModels(String fields, @Nullable Integer code, String message) {
    Outcome.Failed failure = failed("{'key':'0-1'," + fields + "}");

    assertThat(failure.reason()).isEqualTo(ErrorReason.MODEL_ERROR);
    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure.message()).contains(message);
    assertThat(failure.answer()).isNull();
  }

  @Test
  void aResponseCountsMoreThanAnErrorBesideIt() {
    String response = "'response':{'candidates':[{'content':{'parts':[{'text':'a'}]}}]}";

    assertThat(answered("{'error':{'code':1}," + response + "}").text()).isEqualTo("a");
    assertThat(answered("{" + response + ",'error':{'code':1}}").text()).isEqualTo("a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'key':'0-1'}",
        "{}",
        "{'response':null}",
        "{'response':'text'}",
        "{'response':[]}",
        "{'error':null}",
        "{'request':{'response':{'candidates':[]},'error':{'code':3}}}"
      })
  void aLineWithNeitherIsABadResult(String line) {
    Outcome.Failed failure = failed(line);

    assertThat(failure.reason()).isEqualTo(ErrorReason.BAD_RESULT);
    assertThat(failure.message()).contains("neither");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "ferry",
        "[]",
        "7",
        "'text'",
        "{'key':'0-1'",
        "{'key':'0-1','response':{'candidates':[",
        "{'key':'0-1','response':{'candidates':[]",
        "{'key':'0-1','error':{'code':",
        "{key:1}",
      })
  void whatIsNotJsonIsABadResult(String line) {
    Outcome.Failed failure = failed(line);

    assertThat(failure.reason()).isEqualTo(ErrorReason.BAD_RESULT);
    assertThat(failure.message()).contains("not valid JSON");
  }

  @Test
  void bytesThatAreNoTextAreABadResult() {
    byte[] line = "{\"key\":\"0-1\",\"response\":{\"s\":\"?\"}}".getBytes(UTF_8);
    line[line.length - 4] = (byte) 0xC3;

    assertThat(Classifier.classify(line))
        .asInstanceOf(InstanceOfAssertFactories.type(Outcome.Failed.class))
        .extracting(Outcome.Failed::reason)
        .isEqualTo(ErrorReason.BAD_RESULT);
  }

  @Test
  void noErrorQuotesTheLine() {
    // Results are nobody's business but the caller's; messages end in logs.
    Map<String, ErrorReason> lines =
        Map.ofEntries(
            entry("secret words", ErrorReason.BAD_RESULT),
            entry("{'text':'secret words'}", ErrorReason.BAD_RESULT),
            entry(
                "{'response':{'candidates':[{'content':{'parts':[{'thought':true,"
                    + "'text':'secret words'}]}}]}}",
                ErrorReason.EMPTY_ANSWER));
    lines.forEach(
        (line, reason) -> {
          assertThat(failed(line).reason()).isEqualTo(reason);
          assertThat(failed(line).message()).doesNotContain("secret");
        });
  }

  private static String withParts(String parts, String more) {
    return "{'key':'0-1','response':{'candidates':[{'content':{'parts':["
        + parts
        + "]},'finishReason':'STOP'}],"
        + more
        + "}}";
  }

  private static Outcome.Answered answered(String line) {
    Outcome outcome = Classifier.classify(quoted(line).getBytes(UTF_8));
    assertThat(outcome).isInstanceOf(Outcome.Answered.class);
    return (Outcome.Answered) outcome;
  }

  private static Outcome.Failed failed(String line) {
    Outcome outcome = Classifier.classify(quoted(line).getBytes(UTF_8));
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    return (Outcome.Failed) outcome;
  }

  /** The raw response of an answer, of use or not. */
  private static @Nullable String raw(String line) {
    Outcome outcome = Classifier.classify(line.getBytes(UTF_8));
    if (outcome instanceof Outcome.Failed failure) {
      outcome = failure.answer();
    }
    return outcome instanceof Outcome.Answered answer ? answer.raw() : null;
  }

  private static String quoted(String line) {
    return line.replace('\'', '"');
  }
}
