package io.promptferry.gemini;

/** Asked before a download takes disk. */
@FunctionalInterface
public interface DiskSpace {

  /**
   * Called before the file grows past what was asked for last, on the thread that downloads.
   *
   * @param bytes how large the file will be: the whole of it where the provider announces that,
   *     else a step more than there is
   * @throws RuntimeException to end the download, which leaves nothing behind
   */
  void need(long bytes);
}
