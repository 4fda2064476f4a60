package io.promptferry.poller;

import io.promptferry.gemini.BatchProvider;
import io.promptferry.gemini.ProviderException;
import io.promptferry.gemini.account.Accounts;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Accounts whose keys a test gives and takes. */
final class KeyRing implements Accounts {

  private final Map<String, BatchProvider> providers = new HashMap<>();

  void give(String account, BatchProvider provider) {
    providers.put(account, provider);
  }

  void take(String account) {
    providers.remove(account);
  }

  @Override
  public BatchProvider of(String account) {
    BatchProvider provider = providers.get(account);
    if (provider == null) {
      throw ProviderException.wrongKey("account " + account + " has no key");
    }
    return provider;
  }

  @Override
  public Set<String> names() {
    return providers.keySet();
  }

  @Override
  public void close() {
    providers.clear();
  }
}
