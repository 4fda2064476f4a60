package io.promptferry.runtime.service;

/** Work that is done by doing a little of it again and again, on one thread. */
public interface Loop extends AutoCloseable {

  /** Does one round; waits at most about a second when there is nothing to do. */
  void runOnce() throws Exception;

  /** Whether it is connected and assigned. */
  boolean ready();

  @Override
  void close();
}
