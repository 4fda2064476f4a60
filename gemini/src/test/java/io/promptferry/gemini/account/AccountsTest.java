package io.promptferry.gemini.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.ProviderException.Kind;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountsTest {

  @TempDir Path dir;

  private final List<String> opened = new ArrayList<>();
  private final List<String> closed = new ArrayList<>();

  private static Accounts from(Map<String, String> values) {
    return Accounts.from(new AbstractConfig(Accounts.define(new ConfigDef()), values, false));
  }

  private KeyFolder folder() {
    return new KeyFolder(
        dir,
        key -> {
          opened.add(key.value());
          return provider(key.value());
        });
  }

  /** Can be closed, and nothing else. */
  private BatchProvider provider(String key) {
    return (BatchProvider)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {BatchProvider.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("close")) {
                throw new UnsupportedOperationException(method.getName());
              }
              closed.add(key);
              return null;
            });
  }

  private Path key(String account, String key) throws IOException {
    return Files.writeString(dir.resolve(account), key);
  }

  private static ProviderException refused(Accounts accounts, String account) {
    ProviderException e = catchThrowableOfType(ProviderException.class, () -> accounts.of(account));
    assertThat(e.kind()).isEqualTo(Kind.REFUSED);
    assertThat(e.keyIsWrong()).isTrue();
    return e;
  }

  @Test
  void oneOfTheTwoSettingsIsAsked() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> from(Map.of()))
        .withMessageContainingAll("gemini.api.key", "gemini.keys.dir");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> from(Map.of("gemini.api.key", "hush", "gemini.keys.dir", "/tmp")))
        .withMessageContaining("keep one")
        .withMessageNotContaining("hush");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> from(Map.of("gemini.keys.dir", dir.resolve("none").toString())))
        .withMessageContainingAll("gemini.keys.dir", dir.resolve("none").toString());
  }

  @Test
  void oneKeyIsThatOfTheDefaultAccount() {
    try (Accounts accounts = from(Map.of("gemini.api.key", "k"))) {
      assertThat(accounts.names()).containsExactly("default");
      assertThat(accounts.of("default")).isSameAs(accounts.of("default"));
      assertThat(refused(accounts, "research"))
          .hasMessageContainingAll("research", "gemini.keys.dir");
    }
  }

  @Test
  void eachFileIsAnAccount() throws IOException {
    key("default", "one\n");
    key("research", "two");
    key("..data", "three");
    Files.createDirectory(dir.resolve("folder"));
    try (Accounts accounts = folder()) {
      assertThat(accounts.names()).containsExactlyInAnyOrder("default", "research");
      assertThat(accounts.of("default")).isNotSameAs(accounts.of("research"));
      assertThat(accounts.of("default")).isSameAs(accounts.of("default"));
    }
    assertThat(opened).containsExactly("one", "two");
    assertThat(closed).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  void keysAreReadAgain() throws IOException {
    Accounts accounts = folder();
    assertThat(refused(accounts, "default"))
        .hasMessageContaining("put it into the file " + dir.resolve("default"));

    key("default", "old");
    BatchProvider old = accounts.of("default");
    key("default", "new");
    BatchProvider now = accounts.of("default");

    assertThat(now).isNotSameAs(old).isSameAs(accounts.of("default"));
    assertThat(opened).containsExactly("old", "new");
    // Another thread may be in the middle of a call.
    assertThat(closed).isEmpty();
    Files.delete(dir.resolve("default"));
    refused(accounts, "default");
    accounts.close();
    assertThat(closed).containsExactlyInAnyOrder("old", "new");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "hush hush", "hush\nhush", "hüsh"})
  void whatIsNoKeyIsRefusedAndNotShown(String content) throws IOException {
    Path file = key("default", content);
    assertThat(refused(folder(), "default"))
        .hasMessageContaining(file.toString())
        .extracting(Throwable::getMessage)
        .asString()
        .doesNotContain("sh");
  }

  @Test
  void aLargeFileIsNoKey() throws IOException {
    key("default", "k".repeat(1_001));
    assertThat(refused(folder(), "default")).hasMessageContaining("too large");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "../default", "a/b", ".hidden"})
  void namesStayInTheFolder(String account) {
    assertThat(refused(folder(), account)).hasMessageContaining("no name of a file");
  }

  @Test
  void aFolderThatGoesAwayIsTold() throws IOException {
    Path gone = Files.createDirectory(dir.resolve("keys"));
    var accounts = new KeyFolder(gone, key -> provider("none"));
    Files.delete(gone);
    assertThatThrownBy(accounts::names)
        .isInstanceOf(ProviderException.class)
        .hasMessageContaining(gone.toString());
  }
}
