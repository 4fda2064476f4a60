package io.promptferry.stack;

import java.util.List;

/** Prints its arguments and its environment and ends; exit code 3 if told to fail. */
public final class EchoMain {
  private EchoMain() {}

  public static void main(String[] args) {
    System.out.println("args " + List.of(args));
    System.getenv().forEach((name, value) -> System.out.println("env " + name + "=" + value));
    if (args.length > 0 && args[0].equals("fail")) {
      throw new IllegalStateException("told to fail");
    }
  }
}
