package io.promptferry.spans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class RunsTest {

  @Test
  void bytesAreAsTheSchemaSays() {
    // Gap and length minus one, each in seven bits a byte, the lowest first: 300 is AC 02.
    assertThat(Runs.encode(List.of(new Run(5, 5), new Run(7, 306), new Run(607, 607))))
        .isEqualTo(bytes(5, 0, 1, 0xAB, 0x02, 0xAC, 0x02, 0));
  }

  @Test
  void firstOffsetsAndNeighboursNeedNoGap() {
    List<Run> runs = List.of(new Run(0, 0), new Run(1, 1));
    assertThat(Runs.encode(runs)).isEqualTo(bytes(0, 0, 0, 0));
    assertThat(Runs.decode(bytes(0, 0, 0, 0))).isEqualTo(runs);
  }

  @Test
  void noRunsAreNoBytes() {
    assertThat(Runs.encode(List.of())).isEqualTo(ByteBuffer.allocate(0));
    assertThat(Runs.decode(ByteBuffer.allocate(0))).isEmpty();
  }

  @Test
  void aNumberMayTakeNineBytes() {
    List<Run> runs = List.of(new Run(Long.MAX_VALUE - 1, Long.MAX_VALUE - 1));
    assertThat(Runs.decode(Runs.encode(runs))).isEqualTo(runs);
  }

  @RepeatedTest(20)
  void whatIsEncodedComesBack() {
    long seed = new Random().nextLong();
    List<Run> runs = randomRuns(new Random(seed));
    assertThat(Runs.decode(Runs.encode(runs))).as("seed %d", seed).isEqualTo(runs);
  }

  @RepeatedTest(20)
  void randomBytesAreReadOrRefusedAndNeverWrong() {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    byte[] noise = new byte[random.nextInt(40)];
    random.nextBytes(noise);
    List<Run> runs;
    try {
      runs = Runs.decode(ByteBuffer.wrap(noise));
    } catch (IllegalArgumentException e) {
      return;
    }
    assertThat(Runs.decode(Runs.encode(runs))).as("seed %d", seed).isEqualTo(runs);
  }

  @Test
  void decodingLeavesTheBufferAsItWas() {
    ByteBuffer buffer = bytes(5, 0, 1, 1);
    Runs.decode(buffer);
    assertThat(buffer.remaining()).isEqualTo(4);
  }

  @Test
  void decodingReadsOnlyTheBuffersWindow() {
    ByteBuffer window = ByteBuffer.wrap(new byte[] {9, 9, 5, 0, 9}, 2, 2);
    assertThat(Runs.decode(window)).containsExactly(new Run(5, 5));
  }

  @Test
  void runsThatOverlapAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Runs.encode(List.of(new Run(0, 5), new Run(5, 6))))
        .withMessage("runs must ascend: Run[first=5, last=6] begins before 6");
  }

  @Test
  void runsThatDescendAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Runs.encode(List.of(new Run(10, 11), new Run(3, 4))))
        .withMessageStartingWith("runs must ascend");
  }

  @Test
  void bytesThatEndEarlyAreRefused() {
    for (ByteBuffer torn : List.of(bytes(5), bytes(0xAC), bytes(5, 0xAC), bytes(5, 0, 7))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Runs.decode(torn))
          .withMessage("span runs end in the middle of a number");
    }
  }

  @Test
  void numbersThatNoOffsetCanHaveAreRefused() {
    int[] ten = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Runs.decode(bytes(ten)))
        .withMessage("span runs hold a number of more than 63 bits");
    // The sum of two lawful numbers leaves the range as well.
    int[] tooFar = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 1};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Runs.decode(bytes(tooFar)))
        .withMessageStartingWith("no run");
  }

  @Test
  void aRunHasAFirstThatIsAnOffsetAndALastThatIsNotBeforeIt() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Run(-1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Run(5, 4));
  }

  private static List<Run> randomRuns(Random random) {
    var runs = new ArrayList<Run>();
    long end = 0;
    for (int i = random.nextInt(50); i > 0; i--) {
      long first = end + (random.nextLong() >>> (16 + random.nextInt(48)));
      long last = first + (random.nextLong() >>> (16 + random.nextInt(48)));
      runs.add(new Run(first, last));
      end = last + 1;
    }
    return runs;
  }

  private static ByteBuffer bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return ByteBuffer.wrap(bytes);
  }
}
