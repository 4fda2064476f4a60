package io.promptferry.schemas;

import io.promptferry.records.GenerationSettings;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The ranges of generation settings, as the Gemini API's GenerationConfig has them. */
final class GenerationRules {

  private static final int MAX_STOP_SEQUENCES = 5;
  private static final Set<String> MIME_TYPES =
      Set.of("text/plain", "application/json", "text/x.enum");

  private GenerationRules() {}

  /** What is wrong with the settings, in a sentence. */
  static Optional<String> flaw(GenerationSettings settings) {
    if (!isWithin(settings.getTemperature(), 2)) {
      return Optional.of("temperature must be 0.0 to 2.0");
    }
    if (!isWithin(settings.getTopP(), 1)) {
      return Optional.of("topP must be 0.0 to 1.0");
    }
    if (!isAtLeast(settings.getTopK(), 1)) {
      return Optional.of("topK must be 1 or more");
    }
    if (!isAtLeast(settings.getMaxOutputTokens(), 1)) {
      return Optional.of("maxOutputTokens must be 1 or more");
    }
    List<String> stops = settings.getStopSequences();
    if (stops.size() > MAX_STOP_SEQUENCES || stops.contains("")) {
      return Optional.of("stopSequences must be five at most, and none of them empty");
    }
    if (!isFinite(settings.getPresencePenalty()) || !isFinite(settings.getFrequencyPenalty())) {
      return Optional.of("presencePenalty and frequencyPenalty must be finite numbers");
    }
    String mimeType = settings.getResponseMimeType();
    if (mimeType != null && !MIME_TYPES.contains(mimeType)) {
      return Optional.of("responseMimeType must be text/plain, application/json or text/x.enum");
    }
    if (!isAtLeast(settings.getThinkingBudget(), -1)) {
      return Optional.of("thinkingBudget must be -1 or more");
    }
    return Optional.empty();
  }

  private static boolean isWithin(@Nullable Double value, double most) {
    return value == null || (value >= 0 && value <= most);
  }

  private static boolean isAtLeast(@Nullable Integer value, int least) {
    return value == null || value >= least;
  }

  private static boolean isFinite(@Nullable Double value) {
    return value == null || Double.isFinite(value);
  }
}
