package io.promptferry.simulator.faults;

/** A google.rpc.Status: a code from 1 to 16 and a message. */
public record RpcStatus(int code, String message) {
  public static final int CANCELLED = 1;
  public static final int INVALID_ARGUMENT = 3;
  public static final int NOT_FOUND = 5;
  public static final int PERMISSION_DENIED = 7;
  public static final int INTERNAL = 13;
}
