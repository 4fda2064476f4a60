package io.promptferry.gemini;

import java.util.List;

/**
 * One page of the files in a project's storage.
 *
 * @param files in the provider's order; may be empty although more pages follow
 * @param next the token of the page that follows; empty after the last
 */
public record FilePage(List<ListedFile> files, String next) {

  public FilePage {
    files = List.copyOf(files);
  }

  /** Whether no page follows. */
  public boolean last() {
    return next.isEmpty();
  }
}
