package io.promptferry.collector;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The disk that result files may take together. Nobody waits here: who finds no room asks again,
 * and is served in the order of asking, so that small files do not keep a large one out for ever.
 */
final class SpoolRoom {

  /** There is no room at present. */
  static final class NoRoomException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private NoRoomException(long bytes) {
      super("no room for " + bytes + " bytes at present");
    }
  }

  /** There will never be room. */
  static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private TooLargeException(long bytes, long most) {
      super(
          "the results have %d bytes and all result files together may take %d: raise %s"
              .formatted(bytes, most, SpoolBounds.MAX_BYTES));
    }
  }

  private final long most;
  private final Deque<Share> waiting = new ArrayDeque<>();
  private long taken;

  SpoolRoom(long most) {
    this.most = most;
  }

  synchronized long taken() {
    return taken;
  }

  /** What one file takes of it, nothing at first. */
  final class Share {
    private long held;
    private long wanted;

    /**
     * Takes so many bytes in all.
     *
     * @throws NoRoomException when others have them; {@link #claim} asks again
     * @throws TooLargeException when they are more than there are
     */
    void need(long bytes) {
      synchronized (SpoolRoom.this) {
        wanted = Math.max(wanted, bytes);
        if (wanted > most) {
          throw new TooLargeException(wanted, most);
        }
        if (!claim()) {
          throw new NoRoomException(wanted);
        }
      }
    }

    /** Takes what was needed last, if it is there and nobody waits for longer. */
    boolean claim() {
      synchronized (SpoolRoom.this) {
        boolean mine = waiting.isEmpty() || waiting.peekFirst() == this;
        if (wanted > most || wanted <= held) {
          // The former is refused when its size is told again; nobody need wait behind it.
          return true;
        }
        if (!mine || taken - held + wanted > most) {
          if (!waiting.contains(this)) {
            waiting.addLast(this);
          }
          return false;
        }
        waiting.remove(this);
        taken += wanted - held;
        held = wanted;
        return true;
      }
    }

    /** Gives back what is held; it will be needed again. */
    void release() {
      synchronized (SpoolRoom.this) {
        taken -= held;
        held = 0;
      }
    }

    /** Gives it back for good. */
    void leave() {
      synchronized (SpoolRoom.this) {
        release();
        waiting.remove(this);
      }
    }
  }
}
