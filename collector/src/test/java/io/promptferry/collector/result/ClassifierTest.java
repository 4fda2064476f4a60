package io.promptferry.collector.result;

import static java.nio.charset.StandardCharsets.UTF_16BE;
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
import org.junit.jupiter.params.provider.EnumSource;
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
        "{}                                                                     | EMPTY_ANSWER       | answered nothing",
        "{'candidates':[]}                                                      | EMPTY_ANSWER       | answered nothing",
        "{'candidates':'x'}                                                     | EMPTY_ANSWER       | answered nothing",
        "{'candidates':[{'content':{'role':'model'},'finishReason':'STOP'}]}    | EMPTY_ANSWER       | STOP",
        "{'candidates':[{'content':{'parts':[]},'finishReason':'STOP'}]}        | EMPTY_ANSWER       | STOP",
        "{'candidates':[{'content':{'parts':[{}]}}]}                            | EMPTY_ANSWER       | none",
        "{'candidates':[{'content':{'parts':[{'text':''}]}}]}                   | EMPTY_ANSWER       | none",
        "{'candidates':[{'content':{'parts':[{'text':'','thoughtSignature':'x'}]}}]} | EMPTY_ANSWER  | none",
        "{'candidates':[{'content':{'parts':[{'functionCall':null}]}}]}         | EMPTY_ANSWER       | none",
        "{'candidates':[{'content':{'parts':[{'thought':true,'text':'hm'}]}}]}  | EMPTY_ANSWER       | none",
        "{'candidates':[{'finishReason':'SAFETY'}]}                             | SAFETY             | SAFETY",
        "{'candidates':[{'content':{'parts':[]},'finishReason':'RECITATION'}]}  | RECITATION         | RECITATION",
        "{'candidates':[{'finishReason':'BLOCKLIST'}]}                          | PROHIBITED_CONTENT | BLOCKLIST",
        "{'candidates':[{'finishReason':'SPII'}]}                               | PROHIBITED_CONTENT | SPII",
        "{'candidates':[{'finishReason':'MALFORMED_FUNCTION_CALL'}]}            | MALFORMED_CALL     | MALFORMED_FUNCTION_CALL",
        "{'candidates':[{'finishReason':'LANGUAGE'}]}                           | LANGUAGE           | LANGUAGE",
        "{'promptFeedback':{'blockReason':'PROHIBITED_CONTENT'}}                | PROMPT_BLOCKED     | blocked: PROHIBITED_CONTENT",
        "{'candidates':[{'content':{'parts':[{'thought':true,'text':'hm'}]},'finishReason':'MAX_TOKENS'}]} | EMPTY_CUT_OFF | thinkingBudget",
      })
  void aResponseWithoutContentIsNoAnswer(String response, ErrorReason reason, String inMessage) {
    Outcome.Failed failure = failed("{'key':'0-1','response':" + response + "}");

    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure.code()).isNull();
    assertThat(failure.message()).contains(inMessage);
  }

  @ParameterizedTest
  @CsvSource({
    "MAX_TOKENS, ANSWER_CUT_OFF, maxOutputTokens",
    "SAFETY, SAFETY, SAFETY",
    "OTHER, UNFINISHED, OTHER"
  })
  void whatCameOfAnAnswerThatEndedBadlyIsKept(
      String finishReason, ErrorReason reason, String inMessage) {
    Outcome.Failed failure =
        failed(withParts("{'text':'half'}", "'responseId':'r'").replace("STOP", finishReason));

    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure.message()).contains(inMessage);
    assertThat(failure.answer())
        .isNotNull()
        .returns("half", Outcome.Answered::text)
        .returns(finishReason, Outcome.Answered::finishReason);
  }

  @Test
  void aMisfitSaysWhyAndKeepsWhatCame() {
    Outcome.Failed failure =
        (Outcome.Failed)
            Classifier.classify(
                quoted(
                        withParts("{'text':'secret'}", "'responseId':'r'")
                            .replace("STOP", "MAX_TOKENS"))
                    .getBytes(UTF_8),
                JsonExpectation.JSON);

    assertThat(failure.reason()).isEqualTo(ErrorReason.ANSWER_NOT_JSON);
    assertThat(failure.message()).contains("not JSON", "maxOutputTokens").doesNotContain("secret");
    assertThat(failure.answer()).isNotNull().returns("secret", Outcome.Answered::text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'functionCall':{'name':'f'}}",
        "{'text':'I call'},{'functionCall':{'name':'f'}}",
        "{'inlineData':{'data':''}}"
      })
  void onlyTextIsHeldToAnExpectation(String parts) {
    byte[] line = quoted(withParts(parts, "'responseId':'r'")).getBytes(UTF_8);

    assertThat(Classifier.classify(line, JsonExpectation.JSON))
        .isInstanceOf(Outcome.Answered.class);
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
        "'error':{'code':3,'message':'too long'}                             | REQUEST_REFUSED | 3 | too long",
        "'error':{'message':'no code'}                                       | MODEL_ERROR     |   | no code",
        "'error':{'code':1}                                                  | MODEL_ERROR     | 1 | without a message: CANCELLED",
        "'error':{}                                                          | MODEL_ERROR     |   | without a message",
        "'error':[]                                                          | MODEL_ERROR     |   | without a message",
        "'error':13                                                          | MODEL_ERROR     | 13 | without a message",
        "'error':'gone wrong'                                                | MODEL_ERROR     |   | gone wrong",
        "'error':'resource_exhausted'                                        | QUOTA_EXCEEDED  | 8 | resource_exhausted",
        "'error':'429'                                                       | QUOTA_EXCEEDED  | 8 | 429",
        "'error':{'code':'NOT_FOUND','message':'no file'}                    | NO_ACCESS       | 5 | no file",
        "'error':{'code':7,'message':'You do not have permission to access the File a or it may not exist.'} | NO_ACCESS | 7 | the File a or",
        "'error':{'code':503,'message':'busy'}                               | MODEL_ERROR     | 14 | busy",
        "'error':{'code':409,'status':'ALREADY_EXISTS','message':'twice'}    | REQUEST_REFUSED | 6 | twice",
        "'error':{'code':4711,'message':'odd'}                               | MODEL_ERROR     | 4711 | odd",
        "'error':{'code':-1,'message':'odd'}                                 | MODEL_ERROR     | -1 | odd",
        "'error':{'code':99999999999,'message':'odd'}                        | MODEL_ERROR     |   | odd",
        "'error':{'code':3,'message':'k','details':[{'reason':'API_KEY_INVALID'}]} | KEY_REFUSED | 3 | k",
        "'status':{'code':8,'message':'exhausted','details':[{'@type':'x'}]} | QUOTA_EXCEEDED  | 8 | exhausted",
        "'status':7                                                          | NO_ACCESS       | 7 | without a message",
        "'status':'UNAVAILABLE'                                              | MODEL_ERROR     | 14 | UNAVAILABLE",
        "'error':{'code':3,'message':'e'},'status':'FAILED'                  | REQUEST_REFUSED | 3 | e",
        "'error':{'message':'e'},'status':{'code':8}                         | QUOTA_EXCEEDED  | 8 | e",
        "'status':{'code':9,'message':'s'},'error':{'code':3,'message':'e'}  | REQUEST_REFUSED | 3 | e",
        "'status':{'code':9,'message':'s'},'error':null                      | REQUEST_REFUSED | 9 | s",
        "'response':null,'error':{'code':3,'message':'e'}                    | REQUEST_REFUSED | 3 | e",
        "'response':{},'error':{'code':3,'message':'e'}                      | REQUEST_REFUSED | 3 | e",
        "'error':{'code':14,'message':'e'},'response':{'candidates':[]}      | MODEL_ERROR     | 14 | e",
      })
  void anErrorIsTheModels(
      String fields, ErrorReason reason, @Nullable Integer code, String message) {
    Outcome.Failed failure = failed("{'key':'0-1'," + fields + "}");

    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure.message()).contains(message);
    assertThat(failure.answer()).isNull();
  }

  @ParameterizedTest
  @EnumSource(value = RpcCode.class, names = "OK", mode = EnumSource.Mode.EXCLUDE)
  void aCodeMeansTheSameByNumberAndByName(RpcCode code) {
    String[] errors = {
      "%d".formatted(code.number()),
      "'%d'".formatted(code.number()),
      "'%s'".formatted(code),
      "{'code':%d}".formatted(code.number()),
      "{'code':'%s'}".formatted(code),
      "{'code':500,'status':'%s'}".formatted(code)
    };
    for (String error : errors) {
      for (String field : new String[] {"error", "status"}) {
        Outcome.Failed failure = failed("{'%s':%s}".formatted(field, error));
        assertThat(failure.reason()).as(error).isEqualTo(code.reason());
        assertThat(failure.code()).as(error).isEqualTo(code.number());
      }
    }
  }

  @Test
  void aMessageOfAnyLengthIsCut() {
    String message =
        failed("{'error':{'code':3,'message':'" + "x".repeat(100_000) + "'}}").message();

    assertThat(message).hasSizeLessThan(LineError.MESSAGE_LENGTH + 10).endsWith("x…");
  }

  @Test
  void aLineLongerThanJacksonsLimitOfTextsIsRead() {
    String text = "x".repeat(20_000_001);

    assertThat(answered(withParts("{'text':'" + text + "'}", "'responseId':'r'")).text())
        .hasSameSizeAs(text);
  }

  @Test
  void aLineInAnotherEncodingIsABadResult() {
    byte[] line = quoted("{'response':{'candidates':[]}}").getBytes(UTF_16BE);

    assertThat(Classifier.classify(line, Expectation.NONE))
        .asInstanceOf(InstanceOfAssertFactories.type(Outcome.Failed.class))
        .extracting(Outcome.Failed::reason)
        .isEqualTo(ErrorReason.BAD_RESULT);
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
        "{'error':{'code':0}}",
        "{'status':{}}",
        "{'status':'OK'}",
        "{'status':{'code':200}}",
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

    assertThat(Classifier.classify(line, Expectation.NONE))
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
    Outcome outcome = Classifier.classify(quoted(line).getBytes(UTF_8), Expectation.NONE);
    assertThat(outcome).isInstanceOf(Outcome.Answered.class);
    return (Outcome.Answered) outcome;
  }

  private static Outcome.Failed failed(String line) {
    Outcome outcome = Classifier.classify(quoted(line).getBytes(UTF_8), Expectation.NONE);
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    return (Outcome.Failed) outcome;
  }

  /** The raw response of an answer, of use or not. */
  private static @Nullable String raw(String line) {
    Outcome outcome = Classifier.classify(line.getBytes(UTF_8), Expectation.NONE);
    if (outcome instanceof Outcome.Failed failure) {
      outcome = failure.answer();
    }
    return outcome instanceof Outcome.Answered answer ? answer.raw() : null;
  }

  private static String quoted(String line) {
    return line.replace('\'', '"');
  }
}
