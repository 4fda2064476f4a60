package io.promptferry.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Where a document says otherwise than the code. */
record Differences(List<String> found) {

  Differences() {
    this(new ArrayList<>());
  }

  /** Adds one if the two differ. */
  void compare(String what, Object code, Object said) {
    if (!Objects.equals(code, said)) {
      found.add("%s: the code has %s, the document %s".formatted(what, code, said));
    }
  }
}
