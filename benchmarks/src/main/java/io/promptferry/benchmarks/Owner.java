package io.promptferry.benchmarks;

/** Who wrote something. */
enum Owner {
  SLICE,
  ASSEMBLE,
  SUBMIT,
  OTHERS;

  /** Of a consumer group or a transactional id, {@code <deployment>-<stage>…}. */
  static Owner of(String name) {
    if (name.startsWith("promptferry-slice")) {
      return SLICE;
    }
    if (name.startsWith("promptferry-assemble")) {
      return ASSEMBLE;
    }
    return name.startsWith("promptferry-submit") ? SUBMIT : OTHERS;
  }
}
