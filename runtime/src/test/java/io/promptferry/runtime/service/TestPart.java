package io.promptferry.runtime.service;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A part that is as it is told to be, and notes what is done to it. */
final class TestPart implements Part {

  private final String name;
  private final List<String> events;
  volatile boolean ready;
  volatile boolean alive = true;
  volatile @Nullable String failure;
  volatile @Nullable RuntimeException onStart;
  volatile @Nullable RuntimeException onClose;

  TestPart(String name) {
    this(name, Collections.synchronizedList(new ArrayList<>()));
  }

  TestPart(String name, List<String> events) {
    this.name = name;
    this.events = events;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void start() {
    events.add("start " + name);
    if (onStart != null) {
      throw onStart;
    }
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public boolean alive() {
    return alive;
  }

  @Override
  public Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  @Override
  public void close() {
    events.add("close " + name);
    if (onClose != null) {
      throw onClose;
    }
  }
}
