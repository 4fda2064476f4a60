package io.promptferry.request;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Rough input tokens of what is no text, on the high side, by MIME type and size alone: nothing is
 * opened here, and no file is fetched.
 *
 * <p>The rates are the API's ("Understand and count tokens"): 258 for an image or a tile of a large
 * one, 32 for a second of audio, 263 for a second of video, 258 for a page of a PDF. The sizes set
 * against them are of low quality, since a better one is larger and so counted too high.
 */
final class MediaTokens {

  private static final int TILE = 258;
  private static final int TILE_BYTES = 32 * 1024;
  private static final int MOST_TILES = 5;

  // Eight bits at 8 kHz and 16 kbit/s, for 32 tokens a second.
  private static final int UNCOMPRESSED_AUDIO_BYTES = 250;
  private static final int AUDIO_BYTES = 62;
  // 200 kbit/s for 263 tokens a second.
  private static final int VIDEO_BYTES = 95;
  private static final int PAGE = 258;
  private static final int PAGE_BYTES = 3_000;
  private static final int TEXT_BYTES = 2;

  // Of a file nothing is known but its kind. The most that the API takes (a thousand pages, hours
  // of video) would let no two of them into a batch, and some into none.
  private static final int MINUTES = 10;
  private static final long AUDIO_FILE = 32 * 60 * MINUTES;
  private static final long VIDEO_FILE = 263 * 60 * MINUTES;
  private static final long PDF_FILE = 50 * PAGE;
  private static final long OTHER_FILE = 25_000;

  private MediaTokens() {}

  /** Of so many bytes within the request. */
  static long ofBytes(@Nullable String mimeType, long bytes) {
    return switch (kind(mimeType)) {
      case "image" -> TILE * Math.min(MOST_TILES, 1 + bytes / TILE_BYTES);
      case "wave" -> 1 + bytes / UNCOMPRESSED_AUDIO_BYTES;
      case "audio" -> 1 + bytes / AUDIO_BYTES;
      case "video" -> 1 + bytes / VIDEO_BYTES;
      case "pdf" -> PAGE * (1 + bytes / PAGE_BYTES);
      default -> 1 + bytes / TEXT_BYTES;
    };
  }

  /** Of a file somewhere else: a large image, ten minutes of audio or video, fifty pages. */
  static long ofFile(@Nullable String mimeType) {
    return switch (kind(mimeType)) {
      case "image" -> TILE * MOST_TILES;
      case "wave", "audio" -> AUDIO_FILE;
      case "video" -> VIDEO_FILE;
      case "pdf" -> PDF_FILE;
      default -> OTHER_FILE;
    };
  }

  private static String kind(@Nullable String mimeType) {
    String type = mimeType == null ? "" : mimeType.toLowerCase(Locale.ROOT);
    if (type.startsWith("application/pdf")) {
      return "pdf";
    }
    if (type.matches("audio/(x-|vnd\\.)?(wave?|l16|l8|aiff|basic|pcm)\\b.*")) {
      return "wave";
    }
    return type.contains("/") ? type.substring(0, type.indexOf('/')) : type;
  }
}
