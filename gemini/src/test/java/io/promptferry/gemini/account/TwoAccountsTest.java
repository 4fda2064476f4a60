package io.promptferry.gemini.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.RemoteFile;
import io.promptferry.gemini.RemoteJob;
import io.promptferry.simulator.Simulator;
import io.promptferry.simulator.SimulatorSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Accounts and the simulator, in which each key is a project. */
class TwoAccountsTest {

  private static final String LINE =
      "{\"key\":\"0-0\",\"request\":{\"contents\":[{\"parts\":[{\"text\":\"Hello\"}]}]}}\n";

  @TempDir Path dir;
  private Path keys;
  private Simulator simulator;
  private Accounts accounts;

  @BeforeEach
  void start() throws IOException {
    keys = Files.createDirectory(dir.resolve("keys"));
    simulator =
        Simulator.start(
            SimulatorSettings.in(dir.resolve("data")).withApiKeys(List.of("one", "two")));
    accounts =
        Accounts.from(
            new AbstractConfig(
                Accounts.define(new ConfigDef()),
                Map.of(
                    "gemini.base.url", simulator.baseUrl().toString(),
                    "gemini.keys.dir", keys.toString()),
                false));
  }

  @AfterEach
  void stop() {
    accounts.close();
    simulator.close();
  }

  private RemoteJob job(String account) throws IOException {
    Path in = Files.writeString(dir.resolve("in.jsonl"), LINE);
    RemoteFile file = accounts.of(account).upload(in, "in-" + account);
    return accounts.of(account).create("gemini-2.5-flash", file.name(), "ferry/" + account);
  }

  @Test
  void anAccountSeesItsOwnJobs() throws IOException {
    Files.writeString(keys.resolve("default"), "one");
    Files.writeString(keys.resolve("research"), "two");
    RemoteJob job = job("research");

    assertThat(accounts.of("research").get(job.name())).isPresent();
    assertThat(accounts.of("default").get(job.name())).isEmpty();
    assertThat(accounts.of("default").list("").jobs()).isEmpty();
  }

  @Test
  void aWrongKeyIsMendedInItsFile() throws IOException {
    Files.writeString(keys.resolve("default"), "wrong");
    ProviderException e = catchThrowableOfType(ProviderException.class, () -> job("default"));
    assertThat(e.keyIsWrong()).isTrue();
    assertThat(e).hasMessageContaining("gemini.keys.dir").hasMessageNotContaining("wrong");

    Files.writeString(keys.resolve("default"), "one\n");
    RemoteJob job = job("default");
    assertThat(accounts.of("default").find("ferry/default"))
        .extracting(RemoteJob::name)
        .containsExactly(job.name());
  }
}
