package io.promptferry.e2e;

import io.promptferry.stack.ChildProcess;
import java.io.IOException;

/** A signal that Java has no call for. */
enum Signal {
  STOP,
  CONT;

  void to(ChildProcess process) throws IOException, InterruptedException {
    String pid = Long.toString(process.pid());
    int exit = new ProcessBuilder("kill", "-" + name(), pid).inheritIO().start().waitFor();
    if (exit != 0) {
      throw new IllegalStateException("kill -" + name() + " " + pid + " ended with " + exit);
    }
  }
}
