package io.promptferry.simulator;

import io.promptferry.simulator.faults.CallEffect;
import io.promptferry.simulator.faults.Faults;
import io.promptferry.simulator.faults.Point;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place that every call of the service's own passes, and where faults happen to it. */
final class FaultGate implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FaultGate.class);

  /** What a call does when nothing is wrong. */
  interface Action {
    void run() throws IOException;
  }

  private final Faults faults;
  private final ScheduledThreadPoolExecutor late =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread thread = new Thread(task, "simulator-late");
            thread.setDaemon(true);
            return thread;
          });

  FaultGate(Faults faults) {
    this.faults = faults;
  }

  /**
   * Lets a call through, or not.
   *
   * @param subject the names that a fault may ask for
   */
  void pass(Point point, String subject, Call call, Action action) throws IOException {
    Optional<CallEffect> effect = faults.onCall(point, subject);
    if (effect.isEmpty()) {
      action.run();
      return;
    }
    log.debug("a fault strikes {}", point);
    strike(effect.get(), point, call, action);
  }

  private void strike(CallEffect effect, Point point, Call call, Action action) throws IOException {
    Reply reply = call.reply();
    long hang = effect.hang() == null ? 0 : effect.hang();
    reply.hold(hang);
    if (Boolean.TRUE.equals(effect.noRange())) {
      call.ignoreRanges();
    }
    if (effect.status() != null) {
      refuse(effect, effect.status(), call);
    } else if (effect.drop() != null) {
      reply.mute();
      if (effect.drop().equals("after")) {
        action.run();
      }
      Reply.await(hang);
    } else if (effect.delayEffect() != null) {
      postpone(effect.delayEffect(), call, action);
      Reply.await(hang);
    } else {
      if (effect.truncate() != null && point == Point.UPLOAD_CHUNK) {
        call.cutBodyAfter(effect.truncate());
      } else if (effect.truncate() != null) {
        reply.cutAfter(effect.truncate());
      }
      action.run();
    }
  }

  private static void refuse(CallEffect effect, int status, Call call) throws IOException {
    // Read to its end: a client that is still sending would see a broken connection instead.
    call.body().transferTo(OutputStream.nullOutputStream());
    if (effect.retryAfter() != null) {
      call.reply().header("Retry-After", Integer.toString(effect.retryAfter()));
    }
    call.reply()
        .json(status, effect.body() == null ? ApiError.ofStatus(status).json() : effect.body());
  }

  private void postpone(long millis, Call call, Action action) throws IOException {
    // Read now, since with the connection goes the body.
    call.tree();
    call.postpone();
    call.reply().mute();
    var unused =
        late.schedule(
            () -> {
              try {
                action.run();
              } catch (IOException | RuntimeException e) {
                log.debug("{} {} came late, to nothing", call.method(), call.path(), e);
              }
            },
            millis,
            TimeUnit.MILLISECONDS);
  }

  /** What has not taken effect by now never does. */
  @Override
  public void close() {
    late.shutdownNow();
  }
}
