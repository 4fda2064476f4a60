package io.promptferry.collector.result;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenApiSchemaTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'type':'STRING'}                                    | 'a'         | true",
        "{'type':'string'}                                    | 'a'         | true",
        "{'type':'STRING'}                                    | 1           | false",
        "{'type':'TYPE_UNSPECIFIED'}                          | 1           | true",
        "{'type':6}                                           | 1           | true",
        "{'type':'STRING','nullable':true}                    | null        | true",
        "{'type':'STRING','nullable':true,'enum':['a']}       | null        | true",
        "{'type':'STRING','nullable':true,'enum':['a']}       | 'b'         | false",
        "{'type':'STRING','format':'enum','enum':['a','b']}   | 'b'         | true",
        "{'type':'STRING','enum':['a','b']}                   | 'c'         | false",
        "{'type':'INTEGER','enum':['1','2']}                  | 2           | true",
        "{'type':'ARRAY','items':{'type':'NUMBER'}}           | [1,2.5]     | true",
        "{'type':'ARRAY','items':{'type':'NUMBER'}}           | ['a']       | false",
        "{'type':'ARRAY','maxItems':'1'}                      | [1,2]       | false",
        "{'type':'ARRAY','max_items':1}                       | [1,2]       | false",
        "{'type':'ARRAY','minItems':'many'}                   | []          | true",
        "{'type':'NUMBER','minimum':2.5}                      | 2           | false",
        "{'type':'STRING','pattern':'^a'}                     | 'b'         | false",
        "{'type':'STRING','minLength':'2'}                    | 'a'         | false",
        "{'properties':{'a':{'type':'BOOLEAN'}}}              | {'a':1}     | false",
        "{'properties':{'a':{'type':'BOOLEAN'}}}              | {'a':true,'b':1} | true",
        "{'properties':{'type':{'type':'OBJECT'}}}            | {'type':1}  | false",
        "{'properties':{'a':{}},'required':['a']}             | {}          | false",
        "{'anyOf':[{'type':'STRING'},{'type':'INTEGER'}]}     | 1           | true",
        "{'any_of':[{'type':'STRING'},{'type':'INTEGER'}]}    | true        | false",
        "{'items':7,'properties':7,'anyOf':7,'enum':7}        | [1]         | true",
        "{'title':'t','description':'d','example':1,'default':2,'propertyOrdering':['a']} | 1 | true",
      })
  void itAsksForTheSame(String schema, String text, boolean fits) throws JsonProcessingException {
    Expectation expectation =
        JsonExpectation.fitting(OpenApiSchema.toJsonSchema(JSON.readTree(quoted(schema))));

    assertThat(expectation.misfit(quoted(text)).isEmpty()).isEqualTo(fits);
  }

  private static String quoted(String text) {
    return text.replace('\'', '"');
  }
}
