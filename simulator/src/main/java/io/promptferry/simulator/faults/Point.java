package io.promptferry.simulator.faults;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Where a fault can strike. */
public enum Point {
  UPLOAD_START("upload.start", CallEffect.class),
  UPLOAD_CHUNK("upload.chunk", CallEffect.class),
  UPLOAD_QUERY("upload.query", CallEffect.class),
  FILES_GET("files.get", CallEffect.class),
  FILES_LIST("files.list", CallEffect.class),
  FILES_DELETE("files.delete", CallEffect.class),
  DOWNLOAD("download", CallEffect.class),
  CREATE("create", CallEffect.class),
  GET("get", CallEffect.class),
  LIST("list", CallEffect.class),
  CANCEL("cancel", CallEffect.class),
  DELETE("delete", CallEffect.class),
  GENERATE("generate", CallEffect.class),
  /** A job as a whole, decided when it is created. */
  JOB("job", JobEffect.class),
  /** A line of a result file, decided when it is written. */
  LINE("line", LineEffect.class);

  private final String word;
  private final Class<? extends Effect> effect;

  Point(String word, Class<? extends Effect> effect) {
    this.word = word;
    this.effect = effect;
  }

  /** What a fault at this point consists of. */
  Class<? extends Effect> effect() {
    return effect;
  }

  static Point of(String word) {
    return Arrays.stream(values())
        .filter(point -> point.word.equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no call '"
                        + word
                        + "': it is one of "
                        + Arrays.stream(values())
                            .map(Point::toString)
                            .collect(Collectors.joining(", "))));
  }

  /** As it is written in a fault. */
  @Override
  public String toString() {
    return word;
  }
}
