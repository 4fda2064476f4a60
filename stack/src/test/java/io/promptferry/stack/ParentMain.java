package io.promptferry.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Starts a {@link HookMain} as its own child, leaves that child's pid in a file, and runs on. */
public final class ParentMain {
  private ParentMain() {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    ChildProcess child =
        ChildProcess.start(
            JavaCommand.of("grandchild", HookMain.class.getName(), folder).args(folder.toString()));
    Files.writeString(folder.resolve("pid.part"), Long.toString(child.pid()));
    Files.move(folder.resolve("pid.part"), folder.resolve("pid"));
    new CountDownLatch(1).await();
  }
}
