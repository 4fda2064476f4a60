package io.promptferry.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests are written with ' for " here. */
class RequestRulesTest {

  private static final String CONTENTS = "'contents':[{'role':'user','parts':[{'text':'why?'}]}]";

  private static String flaw(String request) {
    return RequestRules.flaw(request.replace('\'', '"'), "gemini-2.5-flash").orElse("none");
  }

  private static String with(String field) {
    return flaw("{" + CONTENTS + "," + field + "}");
  }

  private static String config(String fields) {
    return with("'generationConfig':{" + fields + "}");
  }

  private static String part(String fields) {
    return flaw("{'contents':[{'parts':[{" + fields + "}]}]}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'systemInstruction':{'parts':[{'text':'Be brief.'}]}",
        "'system_instruction':{'parts':[{'text':'Be brief.'}]}",
        "'systemInstruction':null",
        "'tools':[{'functionDeclarations':[{'name':'f','parametersJsonSchema':{'any':[1,null]}}]}]",
        "'tools':[{'google_search':{}},{'codeExecution':{}}]",
        "'toolConfig':{'functionCallingConfig':{'mode':'ANY','allowedFunctionNames':['f']}}",
        "'safetySettings':[{'category':'HARM_CATEGORY_HARASSMENT','threshold':'BLOCK_NONE'}]",
        "'cachedContent':'cachedContents/x'",
        "'model':'gemini-2.5-flash'",
        "'model':'models/gemini-2.5-flash'",
        "'generationConfig':{'temperature':0.5,'topK':40.0,'seed':'-7','responseLogprobs':true}",
        "'generationConfig':{'temperature':'NaN','stopSequences':[]}",
        "'generationConfig':{'responseMimeType':'application/json','responseJsonSchema':{'a':1}}",
        "'generation_config':{'response_mime_type':'application/json','response_schema':{'type':'STRING','properties':{'any name':{'type':'STRING'}}}}",
        "'generationConfig':{'responseMimeType':'text/x.enum','responseSchema':{'enum':['a']}}"
      })
  void passes(String field) {
    assertThat(with(field)).isEqualTo("none");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'inlineData':{'mimeType':'image/png','data':'aGVsbG8='}",
        "'inline_data':{'mime_type':'image/png','data':'_-A'}",
        "'fileData':{'fileUri':'gs://b/o','mimeType':'video/mp4'},'videoMetadata':{'fps':1.5,'startOffset':'1.25s'}",
        "'functionCall':{'name':'f','args':{'a':[]}}",
        "'thought':true,'text':'so'"
      })
  void partsPass(String fields) {
    assertThat(part(fields)).isEqualTo("none");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'temperature':1 | request.temperature is no field that the API has",
        "'generationConfig':{'thinking_confg':{}} | request.generationConfig.thinking_confg is no field that the API has",
        "'tools':[{},{'googleSearsh':{}}] | request.tools[1].googleSearsh is no field that the API has",
        "'tools':{} | request.tools must be a list",
        "'tools':[[]] | request.tools[0] must be an object",
        "'tools':[null] | request.tools[0] must be an object",
        "'systemInstruction':'Be brief.' | request.systemInstruction must be an object",
        "'systemInstruction':[{}] | request.systemInstruction must be an object",
        "'cachedContent':7 | request.cachedContent must be of type string",
        "'cachedContent':['a'] | request.cachedContent must be of type string",
        "'store':'true' | request.store must be of type bool",
        "'serviceTier':1.5 | request.serviceTier must be of type enum",
        "'generationConfig':{'topK':1.5} | request.generationConfig.topK must be of type int32",
        "'generationConfig':{'topK':2147483648} | request.generationConfig.topK must be of type int32",
        "'generationConfig':{'topK':'many'} | request.generationConfig.topK must be of type int32",
        "'generationConfig':{'temperature':1e39} | request.generationConfig.temperature must be of type float",
        "'generationConfig':{'temperature':'hot'} | request.generationConfig.temperature must be of type float",
        "'generationConfig':{'stopSequences':'END'} | request.generationConfig.stopSequences must be a list",
        "'generationConfig':{'stopSequences':[1]} | request.generationConfig.stopSequences[0] must be of type string",
        "'generationConfig':{'responseSchema':{'properties':[]}} | request.generationConfig.responseSchema.properties must be an object",
        "'generationConfig':{'responseSchema':{'properties':{'a':1}}} | request.generationConfig.responseSchema.properties.a must be an object",
        "'generationConfig':{'topK':1,'top_k':1} | request.generationConfig.top_k is set twice, in camelCase and in snake_case"
      })
  void whatTheApiHasNotIsNamedByItsPath(String field, String flaw) {
    assertThat(with(field)).isEqualTo(flaw);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'text':'a','inlineData':{} | request.contents[0].parts[0] sets fields of which only one may be set",
        "'txt':'a' | request.contents[0].parts[0].txt is no field that the API has",
        "'inlineData':{'data':'a'} | request.contents[0].parts[0].inlineData.data must be of type bytes",
        "'inlineData':{'data':'a b='} | request.contents[0].parts[0].inlineData.data must be of type bytes",
        "'videoMetadata':{'endOffset':'1m'} | request.contents[0].parts[0].videoMetadata.endOffset must be of type Duration",
        "'functionCall':{'args':[]} | request.contents[0].parts[0].functionCall.args must be of type Struct"
      })
  void soAreFlawsOfParts(String fields, String flaw) {
    assertThat(part(fields)).isEqualTo(flaw);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{'contents':[]}", "{'contents':null}"})
  void contentsAreNeeded(String request) {
    assertThat(flaw(request)).isEqualTo("request.contents must hold a turn at least");
  }

  @Test
  void anotherModelIsRefused() {
    assertThat(with("'model':'models/gemini-2.5-pro'"))
        .startsWith("request.model is no part of a batch's request")
        .doesNotContain("pro");
  }

  @Test
  void aSchemaNeedsItsMimeType() {
    String needs = "request.generationConfig has a schema and so needs responseMimeType";
    assertThat(config("'responseJsonSchema':{}")).startsWith(needs);
    assertThat(config("'response_schema':{}")).startsWith(needs);
    assertThat(config("'responseMimeType':'text/plain','responseSchema':{}")).startsWith(needs);
    assertThat(config("'responseMimeType':'text/x.enum','responseJsonSchema':{}"))
        .startsWith(needs);
    assertThat(
            config(
                "'responseMimeType':'application/json','responseSchema':{},'responseJsonSchema':{}"))
        .isEqualTo("request.generationConfig must hold one schema at most");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "responseJsonSchema  | 42                               | must be a JSON object",
        "responseJsonSchema  | {'type':'objekt'}                | is no JSON Schema: at /type",
        "response_json_schema | {'properties':{'a':{'type':1}}} | is no JSON Schema: at /properties/a/type",
        "_responseJsonSchema | []                               | must be a JSON object",
        "response_json_schema_ordered | {'required':'a'}        | is no JSON Schema: at /required"
      })
  void aJsonSchemaMustBeOne(String name, String schema, String flaw) {
    assertThat(config("'responseMimeType':'application/json','%s':%s".formatted(name, schema)))
        .startsWith("request.generationConfig." + name + " " + flaw);
  }

  @Test
  void namesAreShownShortAndPrintableAndValuesNever() {
    assertThat(with("'bad\\nname " + "x".repeat(300) + "':'secret'"))
        .startsWith("request.bad?name?xxx")
        .hasSizeLessThan(200)
        .doesNotContain("secret");
    String deep = "{'items':".repeat(60) + "{'secret':1}" + "}".repeat(60);
    assertThat(config("'responseSchema':" + deep))
        .startsWith("…")
        .endsWith(".items.secret is no field that the API has")
        .hasSizeLessThan(200);
  }

  @Test
  void depthIsBounded() {
    String deep = "[".repeat(98) + "]".repeat(98);
    assertThat(with("'tools':[{'functionDeclarations':[{'parametersJsonSchema':" + deep + "}]}]"))
        .contains("nested more than 100 deep");
  }
}
