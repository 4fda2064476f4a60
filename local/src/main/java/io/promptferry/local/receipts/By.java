package io.promptferry.local.receipts;

import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;

/** What receipts are summed by. */
public enum By {
  MODEL,
  /** What receipt.key.pattern finds in prompts' keys. */
  KEY,
  /** On which the batch was settled, UTC. */
  DAY,
  ACCOUNT;

  /** Empty only for keys without a place of their own. */
  Optional<String> of(Portion portion) {
    return switch (this) {
      case MODEL -> Optional.of(portion.receipt().getModel());
      case KEY -> portion.key();
      case DAY ->
          Optional.of(
              portion.receipt().getUpdatedAt().atOffset(ZoneOffset.UTC).toLocalDate().toString());
      case ACCOUNT -> Optional.of(portion.receipt().getAccount());
    };
  }

  /** As options and fields have it. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
