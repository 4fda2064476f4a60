package io.promptferry.local.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.local.live.LiveAccess;
import java.io.ByteArrayInputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class LiveOptionsTest {

  private static final Map<String, String> KEY = Map.of("GEMINI_API_KEY", "k");

  @CommandLine.Command(name = "any")
  private static final class Any {
    @CommandLine.Mixin private final LiveOptions live = new LiveOptions();
    @CommandLine.Mixin private final ServiceSettings set = new ServiceSettings();
  }

  private final List<String> told = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();

  @Test
  void aKeyInTheEnvironmentAsksForNothing() {
    assertThat(access(KEY)).isEmpty();
  }

  @Test
  void liveTakesTheKeyAndGooglesAddress() {
    assertThat(access(KEY, "--live").map(LiveAccess::isGoogle)).contains(true);
    assertThat(
            access(KEY, "--live", "--set", "gemini.base.url=http://h:1").map(LiveAccess::address))
        .contains("http://h:1");
  }

  @Test
  void liveWithoutAKeyIsRefused() {
    assertThatThrownBy(() -> access(Map.of(), "--live", "--yes"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("GEMINI_API_KEY is not set");
  }

  @Test
  void aKeyOnTheCommandLineIsRefused() {
    assertThatThrownBy(() -> access(KEY, "--live", "--set", "gemini.api.key=secret"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("GEMINI_API_KEY")
        .hasMessageNotContaining("secret");
  }

  @Test
  void yesAloneIsRefused() {
    assertThatThrownBy(() -> access(KEY, "--yes"))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("--yes goes with --live");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://generativelanguage.googleapis.com", "http://localhost.evil.org"})
  void noAddressElsewhereIsTakenWithoutLive(String address) {
    assertThatThrownBy(() -> access(KEY, "--set", "gemini.base.url=" + address))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("add --live");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://localhost:1", "http://127.0.0.2:1", "http://[::1]:1"})
  void aSimulatorOfOnesOwnMayBeNamed(String address) {
    assertThat(access(KEY, "--set", "gemini.base.url=" + address)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"y", "Y", " yes "})
  void aPersonMayAgree(String answer) {
    assertThat(agreed(Optional.of(answer), "--live")).isTrue();
    assertThat(told).containsExactly("it costs");
    assertThat(asked).containsExactly("Send? [y/N] ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "n", "no", "yep", "y n"})
  void anythingElseIsNo(String answer) {
    assertThat(agreed(Optional.of(answer), "--live")).isFalse();
    assertThat(told).containsExactly("it costs", "Nothing was sent.");
  }

  @Test
  void aTerminalThatIsClosedIsNo() {
    assertThat(agreed(Optional.empty(), "--live")).isFalse();
  }

  @Test
  void withoutATerminalThereMustBeAYes() {
    assertThatThrownBy(() -> live("--live").agreed(here(Map.of()), List.of(), told::add))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("no terminal")
        .hasMessageContaining("--yes");
    assertThat(live("--live", "--yes").agreed(here(Map.of()), List.of("it costs"), told::add))
        .isTrue();
    assertThat(told).containsExactly("it costs", "Sending without asking (--yes).");
  }

  private boolean agreed(Optional<String> answer, String... words) {
    Surroundings nobody = here(Map.of());
    var somebody =
        new Surroundings(
            Map.of(),
            nobody.clock(),
            nobody.in(),
            nobody.out(),
            nobody.err(),
            Optional.of(
                question -> {
                  asked.add(question);
                  return answer;
                }));
    return live(words).agreed(somebody, List.of("it costs"), told::add);
  }

  private static LiveOptions live(String... words) {
    Any any = new Any();
    new CommandLine(any).parseArgs(words);
    return any.live;
  }

  private static Optional<LiveAccess> access(Map<String, String> environment, String... words) {
    Any any = new Any();
    CommandLine command = new CommandLine(any);
    command.parseArgs(words);
    return any.live.access(command, here(environment), any.set);
  }

  private static Surroundings here(Map<String, String> environment) {
    return new Surroundings(
        environment,
        Clock.systemUTC(),
        new ByteArrayInputStream(new byte[0]),
        System.out,
        System.err);
  }
}
