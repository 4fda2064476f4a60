package io.promptferry.local.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.Part;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class RecordToJsonTest {

  @Test
  void bytesAreBase64AsTheyAreReadByItsCounterpart() {
    var part = Part.newBuilder().setData(ByteBuffer.wrap(new byte[] {1, 2, 3})).build();
    // Twice: looking must not move the buffer.
    assertThat(RecordToJson.write(part)).hasToString("{\"data\":\"AQID\"}");
    assertThat(RecordToJson.write(part)).hasToString("{\"data\":\"AQID\"}");
  }
}
