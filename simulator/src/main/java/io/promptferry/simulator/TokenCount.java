package io.promptferry.simulator;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Estimates the tokens of input files: the characters of all their {@code text} over four, line by
 * line. Counted once a file, and not before a quota asks.
 */
final class TokenCount {
  private static final int CHARACTERS_PER_TOKEN = 4;

  private final FileStore files;
  private final Map<String, Long> counts = new ConcurrentHashMap<>();

  TokenCount(FileStore files) {
    this.files = files;
  }

  long of(String fileId) throws IOException {
    Long known = counts.get(fileId);
    if (known == null) {
      known = count(fileId);
      counts.put(fileId, known);
    }
    return known;
  }

  private long count(String fileId) throws IOException {
    Optional<StoredFile> file = files.find(fileId);
    if (file.isEmpty()) {
      // Deleted under its job before anybody asked; the job fails or is answered soon.
      return 0;
    }
    long[] tokens = {0};
    try (RequestFile lines = new RequestFile(files.content(fileId))) {
      lines.readAll((number, line) -> tokens[0] += tokens(line));
    } catch (InvalidFile e) {
      // The job fails of it later.
      return file.get().sizeBytes() / CHARACTERS_PER_TOKEN;
    }
    return tokens[0];
  }

  private static long tokens(byte[] line) throws IOException {
    long characters = 0;
    try (JsonParser json = Json.MAPPER.createParser(line)) {
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.VALUE_STRING && "text".equals(json.currentName())) {
          characters += json.getTextLength();
        }
      }
    } catch (JsonProcessingException e) {
      return line.length / CHARACTERS_PER_TOKEN;
    }
    return (characters + CHARACTERS_PER_TOKEN - 1) / CHARACTERS_PER_TOKEN;
  }
}
