package io.promptferry.batcher.submit;

import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.ProviderException.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What befalls each call to the outside, by the number of the call from the first on. */
final class Script {

  /** Far more than any story needs: past it a submission goes round and round. */
  private static final int MOST_CALLS = 300;

  enum Call {
    UPLOAD,
    CREATE,
    FIND,
    DISCARD,
    CANCEL,
    COMMIT
  }

  enum Fate {
    DONE,
    BUSY,
    REFUSED,
    NOT_FOUND,
    UNKNOWN,
    /** It is done, and nobody is told. */
    REPLY_LOST,
    /** Nobody is told, and it is done some calls later. */
    LATE,
    /** The file stays, and the reply says so. */
    KEPT,
    CRASH_BEFORE,
    CRASH_AFTER,
    /** The process dies, and it is done some calls later. */
    CRASH_LATE
  }

  /**
   * What befalls one call.
   *
   * @param lateBy after how many further calls a late effect comes
   */
  record Fault(int call, Fate fate, int lateBy) {}

  /** The process is dead: no call of it does anything any more. */
  static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Crash() {
      super("kill -9", null, false, false);
    }
  }

  /** What a call does at the other end. */
  @FunctionalInterface
  interface Effect<T> {
    T happen();
  }

  private record Late(int before, Effect<?> effect) {}

  /** What befalls a call of which nothing is scripted. */
  @FunctionalInterface
  interface Mishaps {
    Optional<Fault> at(int number, Call call);
  }

  private Mishaps mishaps = (number, call) -> Optional.empty();
  private int mostCalls = MOST_CALLS;
  private final Map<Integer, Fault> faults = new HashMap<>();
  private final Map<Call, Fate> always = new HashMap<>();
  private final List<Late> late = new ArrayList<>();
  final List<Call> calls = new ArrayList<>();

  /** Late effects that failed when they came. */
  int lateRefusals;

  static Script of(Fault... faults) {
    return of(List.of(faults));
  }

  static Script of(List<Fault> faults) {
    var script = new Script();
    faults.forEach(fault -> script.faults.put(fault.call(), fault));
    return script;
  }

  /** Every such call from now on, where no number says otherwise. */
  Script always(Call call, Fate fate) {
    always.put(call, fate);
    return this;
  }

  /** Decides by kind of call, for a story of so many calls at most. */
  static Script of(Mishaps mishaps, int mostCalls) {
    var script = new Script();
    script.mishaps = mishaps;
    script.mostCalls = mostCalls;
    return script;
  }

  <T> T play(Call call, Effect<T> effect, T kept) {
    int number = calls.size();
    calls.add(call);
    if (number > mostCalls) {
      throw new AssertionError("it goes round and round: " + calls.subList(0, 40));
    }
    land(number);
    Fate usual = always.getOrDefault(call, Fate.DONE);
    Fault fault =
        faults.computeIfAbsent(number, n -> mishaps.at(n, call).orElse(new Fault(n, usual, 0)));
    switch (fault.fate()) {
      case DONE -> {
        return effect.happen();
      }
      case KEPT -> {
        return kept;
      }
      case REPLY_LOST -> {
        effect.happen();
        throw failure(Kind.UNKNOWN);
      }
      case CRASH_AFTER -> {
        effect.happen();
        throw new Crash();
      }
      case CRASH_BEFORE -> throw new Crash();
      case LATE, CRASH_LATE -> {
        late.add(new Late(number + fault.lateBy(), effect));
        throw fault.fate() == Fate.LATE ? failure(Kind.UNKNOWN) : new Crash();
      }
      default -> throw failure(Kind.valueOf(fault.fate().name()));
    }
  }

  /** Lets everything happen that is still under way somewhere. */
  void landAll() {
    land(Integer.MAX_VALUE);
  }

  private void land(int number) {
    for (Late each : List.copyOf(late)) {
      if (each.before() <= number) {
        late.remove(each);
        try {
          each.effect().happen();
        } catch (ProviderException e) {
          lateRefusals++;
        }
      }
    }
  }

  private static ProviderException failure(Kind kind) {
    int code =
        switch (kind) {
          case BUSY -> 429;
          case REFUSED -> 400;
          case NOT_FOUND -> 404;
          case UNKNOWN -> 503;
        };
    return new ProviderException(kind, code, "", "scripted " + kind);
  }
}
