package io.promptferry.runtime.service;

import java.util.Optional;

/** Something that runs inside a service from its start to its stop. */
public interface Part extends AutoCloseable {

  String name();

  /** Begins to run and returns. */
  void start();

  /** Whether it does its work: connected and assigned. */
  boolean ready();

  /** Whether its loop still comes round; false asks the platform for a restart. */
  boolean alive();

  /** Why it has ended for good; empty while it has not. */
  Optional<String> failure();

  /** Ends it in order and returns when it has ended; harmless when repeated. */
  @Override
  void close();
}
