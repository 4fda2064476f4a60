package io.promptferry.gemini.account;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.GeminiSettings;
import io.promptferry.gemini.ProviderException;
import java.util.Set;

/** One account, with a key that stays. */
record OnlyAccount(BatchProvider provider) implements Accounts {

  @Override
  public BatchProvider of(String account) {
    if (!account.equals(DEFAULT)) {
      throw ProviderException.wrongKey(
          "account %s has no key: %s is that of account %s alone, set %s instead"
              .formatted(account, GeminiSettings.API_KEY, DEFAULT, KEYS_DIR));
    }
    return provider;
  }

  @Override
  public Set<String> names() {
    return Set.of(DEFAULT);
  }

  @Override
  public void close() {
    provider.close();
  }
}
