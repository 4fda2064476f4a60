package io.promptferry.gemini.account;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.GeminiSettings;
import io.promptferry.gemini.ProviderException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accounts whose keys stand in the files of a folder. A file is read whenever its account is asked
 * for, which is no more than once for each call to the provider: no watcher, and no delay.
 */
final class KeyFolder implements Accounts {

  private static final Logger LOG = LoggerFactory.getLogger(KeyFolder.class);

  /** Not the links with two dots in front by which Kubernetes puts a new secret in place. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  private static final int MAX_BYTES = 1_000;

  private record Opened(Password key, BatchProvider provider) {}

  private final Path folder;
  private final Function<Password, BatchProvider> open;
  private final Map<String, Opened> opened = new HashMap<>();

  /** With calls under way, perhaps; as many as keys were mended. */
  private final List<BatchProvider> retired = new ArrayList<>();

  KeyFolder(Path folder, Function<Password, BatchProvider> open) {
    if (!Files.isDirectory(folder)) {
      throw new ConfigException(
          "%s: %s is no folder that can be read".formatted(KEYS_DIR, folder.toAbsolutePath()));
    }
    this.folder = folder;
    this.open = open;
  }

  @Override
  public synchronized BatchProvider of(String account) {
    Password key = key(account);
    Opened now = opened.get(account);
    if (now != null && now.key().equals(key)) {
      return now.provider();
    }
    if (now != null) {
      LOG.info("account {} has another key from now on", account);
      retired.add(now.provider());
    }
    BatchProvider provider = open.apply(key);
    opened.put(account, new Opened(key, provider));
    return provider;
  }

  private Password key(String account) {
    if (!NAME.matcher(account).matches()) {
      throw ProviderException.wrongKey(
          "account " + account + " can have no key: its name is no name of a file");
    }
    Path file = folder.resolve(account);
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw ProviderException.wrongKey(file + " holds no API key, it is too large");
      }
      Password key = new Password(Files.readString(file).strip());
      GeminiSettings.checkKey(file.toString(), key);
      return key;
    } catch (NoSuchFileException e) {
      throw ProviderException.wrongKey(
          "account %s has no key: put it into the file %s".formatted(account, file));
    } catch (IOException e) {
      throw ProviderException.wrongKey(
          "the key of account %s cannot be read from %s: %s".formatted(account, file, e));
    } catch (ConfigException e) {
      throw ProviderException.wrongKey(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Set<String> names() {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .filter(name -> NAME.matcher(name).matches())
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException e) {
      throw ProviderException.wrongKey("the keys in " + folder + " cannot be listed: " + e);
    }
  }

  @Override
  public synchronized void close() {
    retired.forEach(BatchProvider::close);
    opened.values().forEach(account -> account.provider().close());
  }
}
