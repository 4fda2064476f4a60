package io.promptferry.stack;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;

/**
 * The first class that a child runs: ties its life to its parent's, then runs the real main class.
 *
 * <p>The child's standard input is a pipe whose other end only the parent holds. The kernel closes
 * that end however the parent dies, {@code kill -9} included, and the child halts. A shutdown hook
 * in the parent would not run then, and asking for the parent's pid at intervals would be slower
 * and fooled by a pid used again.
 */
public final class Leash {
  /** What the child exits with when its parent is gone. */
  static final int PARENT_GONE = 113;

  private Leash() {}

  /** Takes the real main class, then its arguments. */
  public static void main(String[] args) throws Throwable {
    Thread watch = new Thread(() -> haltAtEnd(System.in), "leash");
    watch.setDaemon(true);
    watch.start();
    Method main = Class.forName(args[0]).getMethod("main", String[].class);
    main.setAccessible(true);
    try {
      main.invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private static void haltAtEnd(InputStream in) {
    try {
      while (in.read() >= 0) {
        // Nothing is said on this pipe; only its end counts.
      }
    } catch (IOException e) {
      // As good as the end.
    }
    // Not exit: shutdown hooks may wait for a broker that has died with the same parent.
    Runtime.getRuntime().halt(PARENT_GONE);
  }
}
