package io.promptferry.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever breaks, a file arrives byte for byte. */
class UploadPropertyTest {

  private static final long MEBIBYTE = 1024 * 1024;

  /** How often it may break off is not what is tested here, and chance must not decide. */
  private static final int MANY = 1_000;

  @TempDir Path dir;

  private static GeminiProvider provider(FlakyUploadServer server, int chunk) {
    Duration time = Duration.ofSeconds(10);
    return new GeminiProvider(
        new GeminiSettings(new Password("key"), server.url(), time, time, time, chunk, MANY, 2));
  }

  private Path file(Random random, int size) throws IOException {
    byte[] content = new byte[size];
    random.nextBytes(content);
    return Files.write(dir.resolve("in.jsonl"), content);
  }

  @RepeatedTest(20)
  void arrivesWhateverBreaks() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int chunk = 1 + random.nextInt(100_000);
    // An exact multiple every other time.
    int size =
        random.nextBoolean() ? chunk * (1 + random.nextInt(9)) : 1 + random.nextInt(chunk * 9);
    Path in = file(random, size);
    try (var server = new FlakyUploadServer(random, 0.3);
        var provider = provider(server, chunk)) {
      RemoteFile arrived = provider.upload(in, "in-1");

      assertThat(arrived).isEqualTo(new RemoteFile("files/in-1", size));
      assertThat(server.stored()).isEqualTo(Files.readAllBytes(in));
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("seed %d, chunk %d, size %d".formatted(seed, chunk, size), e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 24})
  void exactMultiplesOfTheChunk(int mebibytes) throws IOException {
    Path in = file(new Random(mebibytes), (int) (mebibytes * MEBIBYTE));
    try (var server = new FlakyUploadServer(new Random(1), 0);
        var provider = provider(server, (int) (8 * MEBIBYTE))) {
      assertThat(provider.upload(in, "in-1").sizeBytes()).isEqualTo(mebibytes * MEBIBYTE);
      assertThat(server.stored()).isEqualTo(Files.readAllBytes(in));
      assertThat(server.starts()).isEqualTo(1);
      assertThat(server.troubles()).isZero();
    }
  }
}
