package io.promptferry.local.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveAccessTest {

  private static final String KEY = "AIza-not-to-be-seen";

  @Test
  void googleIsReachedUnlessAnotherAddressIsNamed() {
    LiveAccess google = LiveAccess.from(Map.of("GEMINI_API_KEY", KEY), Optional.empty());
    assertThat(google.address()).isEqualTo("https://generativelanguage.googleapis.com");
    assertThat(google.isGoogle()).isTrue();
    assertThat(google.variables()).isEqualTo(Map.of("GEMINI_API_KEY", KEY));
    LiveAccess other =
        LiveAccess.from(Map.of("GEMINI_API_KEY", KEY), Optional.of("http://127.0.0.1:1"));
    assertThat(other.address()).isEqualTo("http://127.0.0.1:1");
    assertThat(other.isGoogle()).isFalse();
  }

  @Test
  void theKeyIsNotShown() {
    assertThat(LiveAccess.from(Map.of("GEMINI_API_KEY", KEY), Optional.empty()).toString())
        .doesNotContain(KEY);
  }

  @Test
  void withoutAKeyTheVariableIsNamed() {
    assertThatThrownBy(() -> LiveAccess.from(Map.of(), Optional.empty()))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("GEMINI_API_KEY is not set");
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "two words-secret", "line-secret\nline"})
  void whatCannotBeAKeyIsRefusedWithoutShowingIt(String key) {
    assertThatThrownBy(() -> LiveAccess.from(Map.of("GEMINI_API_KEY", key), Optional.empty()))
        .isInstanceOf(ConfigException.class)
        .hasMessageNotContaining("secret");
  }
}
