package io.promptferry.local.command;

import io.promptferry.gemini.GeminiSettings;
import io.promptferry.gemini.account.Accounts;
import io.promptferry.local.live.LiveAccess;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code --live} and {@code --yes}: Gemini itself instead of the simulator, after a question. */
public final class LiveOptions {

  private static final Set<String> LOOPBACK = Set.of("localhost", "[::1]");

  @Option(
      names = "--live",
      description =
          "Send to Google, with the key in GEMINI_API_KEY, instead of to the simulator. This costs"
              + " money: what it would send and cost is shown, and asked about")
  private boolean live;

  @Option(
      names = "--yes",
      description = "With --live: show what it would cost, and send without asking")
  private boolean yes;

  /**
   * Gemini, if it was asked for. A key in the environment alone asks for nothing.
   *
   * @param set of which {@code gemini.base.url} takes the place of Google's address
   * @throws ParameterException for {@code --yes} alone
   * @throws ConfigException where there is no key, or the settings lead to Gemini by a way on which
   *     nobody is asked
   */
  public Optional<LiveAccess> access(CommandLine command, Surroundings here, ServiceSettings set) {
    Optional<String> address = set.value(GeminiSettings.BASE_URL);
    if (live) {
      if (set.value(GeminiSettings.API_KEY).isPresent()
          || set.value(Accounts.KEYS_DIR).isPresent()) {
        throw new ConfigException(
            "--live takes the key from "
                + LiveAccess.VARIABLE
                + " alone: set it there, not by --set");
      }
      return Optional.of(LiveAccess.from(here.environment(), address));
    }
    if (yes) {
      throw new ParameterException(command, "--yes goes with --live: without it nothing is asked");
    }
    if (address.filter(url -> !isLoopback(url)).isPresent()) {
      throw new ConfigException(
          "gemini.base.url leads away from this machine: add --live, which asks before it sends");
    }
    return Optional.empty();
  }

  /**
   * Shows what would be sent and asks whether it may.
   *
   * @throws CommandException when there is nobody to ask
   */
  public boolean agreed(Surroundings here, List<String> notice, Consumer<String> out) {
    notice.forEach(out);
    if (yes) {
      out.accept("Sending without asking (--yes).");
      return true;
    }
    Terminal terminal =
        here.terminal()
            .orElseThrow(
                () ->
                    new CommandException(
                        "--live asks before it sends, and there is no terminal to ask at: add --yes to"
                            + " send without being asked"));
    String answer = terminal.ask("Send? [y/N] ").orElse("").strip().toLowerCase(Locale.ROOT);
    if (answer.equals("y") || answer.equals("yes")) {
      return true;
    }
    out.accept("Nothing was sent.");
    return false;
  }

  private static boolean isLoopback(String url) {
    String host = URI.create(url).getHost();
    return LOOPBACK.contains(host) || host.startsWith("127.");
  }
}
