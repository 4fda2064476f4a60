package io.promptferry.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.promptferry.gemini.ProviderException.Kind;
import io.promptferry.gemini.memory.Call;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What {@link BatchProvider} promises, of whichever provider: on files, on jobs, and here on every
 * call.
 */
abstract class BatchProviderContract extends JobsContract {

  @ParameterizedTest
  @EnumSource
  void aWrongKeyIsToldApartAndDoesNothing(Call call) throws Exception {
    Runnable asked = ready(call);
    RemoteJob job = all().get(0);
    keyIsWrong(true);

    ProviderException e = catchThrowableOfType(ProviderException.class, asked::run);

    assertThat(e.kind()).isEqualTo(Kind.REFUSED);
    assertThat(e.keyIsWrong()).isTrue();
    keyIsWrong(false);
    assertThat(stored("files/in-1")).isNotEmpty();
    assertThat(all()).containsExactly(job);
    assertThat(dir.resolve("out")).doesNotExist();
    asked.run();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsCalledAfterTheEndIsInDoubt(Call call) throws Exception {
    Runnable asked = ready(call);
    provider().close();
    provider().close();

    assertFails(Kind.UNKNOWN, asked);
  }

  @ParameterizedTest
  @EnumSource
  void theEndBreaksOffWhatIsUnderWay(Call call) throws Exception {
    Runnable asked = ready(call);
    hold();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<?> underWay = thread.submit(asked);
      await().atMost(Duration.ofSeconds(20)).until(() -> held() > 0);
      assertThat(underWay.isDone()).isFalse();

      provider().close();

      assertThatThrownBy(() -> underWay.get(10, TimeUnit.SECONDS))
          .cause()
          .isInstanceOfSatisfying(
              ProviderException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNKNOWN));
    } finally {
      thread.shutdownNow();
    }
  }

  /** A call that would succeed, with {@code files/in-1} and one job there. */
  private Runnable ready(Call call) throws IOException {
    String file = upload("in-1", "content");
    Path in = Files.writeString(dir.resolve("more"), "more");
    String job = provider().create(MODEL, file, NAME).name();
    return () -> {
      switch (call) {
        case UPLOAD -> provider().upload(in, "in-2");
        case CREATE -> provider().create(MODEL, file, NAME);
        case FIND -> provider().find(NAME);
        case LIST -> provider().list("");
        case GET -> provider().get(job);
        case DOWNLOAD -> provider().download(file, dir.resolve("out"));
        case CANCEL -> provider().cancel(job);
        case DISCARD -> provider().discard(file);
        case FILES -> provider().files("");
      }
    };
  }
}
