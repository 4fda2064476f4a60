package io.promptferry.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.collector.SpoolRoom.NoRoomException;
import io.promptferry.collector.SpoolRoom.TooLargeException;
import org.junit.jupiter.api.Test;

class SpoolRoomTest {

  private final SpoolRoom room = new SpoolRoom(100);
  private final SpoolRoom.Share one = room.new Share();
  private final SpoolRoom.Share other = room.new Share();
  private final SpoolRoom.Share third = room.new Share();

  @Test
  void takesUpToTheBoundAndNotMore() {
    one.need(60);
    other.need(40);
    assertThatThrownBy(() -> third.need(1)).isInstanceOf(NoRoomException.class);
    assertThat(room.taken()).isEqualTo(100);

    other.release();
    assertThat(third.claim()).isTrue();
    assertThat(room.taken()).isEqualTo(61);
  }

  @Test
  void growsByWhatIsMore() {
    one.need(60);
    one.need(50);
    one.need(100);
    assertThat(room.taken()).isEqualTo(100);
    one.leave();
    assertThat(room.taken()).isZero();
  }

  @Test
  void aSmallOneDoesNotPassALargeOneThatWaits() {
    one.need(60);
    assertThatThrownBy(() -> other.need(90)).isInstanceOf(NoRoomException.class);
    assertThatThrownBy(() -> third.need(10)).isInstanceOf(NoRoomException.class);
    assertThat(third.claim()).isFalse();

    one.leave();
    assertThat(third.claim()).isFalse();
    assertThat(other.claim()).isTrue();
    assertThat(third.claim()).isTrue();
    assertThat(room.taken()).isEqualTo(100);
  }

  @Test
  void whoLeavesIsNotWaitedFor() {
    one.need(60);
    assertThatThrownBy(() -> other.need(90)).isInstanceOf(NoRoomException.class);
    assertThatThrownBy(() -> third.need(10)).isInstanceOf(NoRoomException.class);

    other.leave();
    assertThat(third.claim()).isTrue();
  }

  @Test
  void whatNeverFitsIsRefusedAndHoldsUpNobody() {
    assertThatThrownBy(() -> one.need(101))
        .isInstanceOf(TooLargeException.class)
        .hasMessageContaining("collect.spool.max.bytes");
    assertThat(one.claim()).as("to be told again").isTrue();
    other.need(100);
    assertThat(room.taken()).isEqualTo(100);
  }
}
