package io.promptferry.simulator;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list, newest first. The token names the last item given out, not a position, so that
 * what is added while a client pages neither repeats nor hides an item.
 */
record Page<T>(List<T> items, @Nullable String nextToken) {

  static <T> Page<T> of(
      Call call, int defaultSize, int maxSize, Collection<T> all, ToLongFunction<T> number) {
    int size = size(call.query("pageSize"), defaultSize, maxSize);
    long before = before(call.query("pageToken"));
    List<T> rest =
        all.stream()
            .filter(item -> number.applyAsLong(item) < before)
            .sorted(Comparator.comparingLong(number).reversed())
            .limit(size + 1L)
            .toList();
    if (rest.size() <= size) {
      return new Page<>(rest, null);
    }
    List<T> items = rest.subList(0, size);
    return new Page<>(items, "n" + number.applyAsLong(items.get(size - 1)));
  }

  private static int size(@Nullable String text, int defaultSize, int maxSize) {
    if (text == null || text.isEmpty()) {
      return defaultSize;
    }
    try {
      int size = Integer.parseInt(text);
      if (size >= 0) {
        return size == 0 ? defaultSize : Math.min(size, maxSize);
      }
    } catch (NumberFormatException e) {
      // refused below
    }
    throw ApiError.invalid("pageSize must be a whole number, not negative.");
  }

  private static long before(@Nullable String token) {
    if (token == null || token.isEmpty()) {
      return Long.MAX_VALUE;
    }
    try {
      if (token.startsWith("n")) {
        return Long.parseLong(token, 1, token.length(), 10);
      }
    } catch (NumberFormatException e) {
      // refused below
    }
    throw ApiError.invalid("pageToken is not valid.");
  }
}
