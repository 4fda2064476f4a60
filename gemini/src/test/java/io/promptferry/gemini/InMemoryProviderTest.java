package io.promptferry.gemini;

import io.promptferry.gemini.ProviderException.Kind;
import io.promptferry.gemini.memory.Call;
import io.promptferry.gemini.memory.InMemoryProvider;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;

/** The fake keeps the contract. */
class InMemoryProviderTest extends BatchProviderContract {

  private final InMemoryProvider provider = new InMemoryProvider(Clock.systemUTC());
  private final AtomicInteger held = new AtomicInteger();

  InMemoryProviderTest() {
    provider.listInPagesOf(2);
    provider.forgetModel("absent");
  }

  @AfterEach
  void close() {
    provider.close();
  }

  @Override
  BatchProvider provider() {
    return provider;
  }

  @Override
  byte[] stored(String fileName) {
    return Objects.requireNonNull(provider.storedFiles().get(fileName));
  }

  @Override
  RemoteJob succeeded(RemoteJob job) {
    return provider.succeed(job.name(), "answers");
  }

  @Override
  String absentModel() {
    return "absent";
  }

  @Override
  void loseReplies() {
    provider.after(
        Call.CREATE,
        name -> {
          throw new ProviderException(Kind.UNKNOWN, 0, "", "lost");
        });
  }

  @Override
  void cutDownloads() {
    provider.cutDownloads(true);
  }

  @Override
  void hold() {
    Arrays.stream(Call.values())
        .forEach(
            call ->
                provider.after(
                    call,
                    name -> {
                      held.incrementAndGet();
                      Awaitility.await().atMost(Duration.ofSeconds(20)).until(provider::closed);
                    }));
  }

  @Override
  int held() {
    return held.get();
  }

  @Override
  void keyIsWrong(boolean wrong) {
    provider.keyIsWrong(wrong);
  }
}
