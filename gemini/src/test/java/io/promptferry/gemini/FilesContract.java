package io.promptferry.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptferry.gemini.ProviderException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of {@link BatchProvider} on files. */
abstract class FilesContract extends ContractBench {

  @ParameterizedTest
  @ValueSource(ints = {1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK - 7})
  void aFileArrivesByteForByte(int size) throws IOException {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    Path in = Files.write(dir.resolve("in"), content);

    assertThat(provider().upload(in, "in-1")).isEqualTo(new RemoteFile("files/in-1", size));
    assertThat(stored("files/in-1")).isEqualTo(content);
    assertThat(in).hasBinaryContent(content);
  }

  @Test
  void aNameIsTakenOnceAndTheOtherFileLeftAlone() throws IOException {
    upload("in-1", "first");

    assertThatThrownBy(() -> upload("in-1", "second"))
        .isInstanceOfSatisfying(
            ProviderException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(Kind.REFUSED);
              assertThat(e.code()).isEqualTo(409);
              assertThat(e.keyIsWrong()).isFalse();
            });
    assertThat(stored("files/in-1")).asString().isEqualTo("first");
  }

  @Test
  void storageIsListedPageByPage() throws IOException {
    for (String id : List.of("in-1", "in-2", "in-3")) {
      upload(id, "content of " + id);
    }
    provider().discard("files/in-2");
    upload("in-4", "more");

    var listed = new ArrayList<ListedFile>();
    String token = "";
    do {
      FilePage page = provider().files(token);
      assertThat(page.files()).hasSizeLessThanOrEqualTo(2);
      listed.addAll(page.files());
      token = page.next();
    } while (!token.isEmpty());

    assertThat(listed)
        .extracting(ListedFile::name)
        .containsExactlyInAnyOrder("files/in-1", "files/in-3", "files/in-4");
    assertThat(listed)
        .allSatisfy(
            file -> {
              assertThat(file.sizeBytes()).isEqualTo(stored(file.name()).length);
              assertThat(file.created()).isNotNull();
              assertThat(file.state()).isEqualTo("ACTIVE");
            });
  }

  @Test
  void anEmptyFileIsNotUploaded() {
    assertThatIllegalArgumentException().isThrownBy(() -> upload("in-1", ""));
    assertThatThrownBy(() -> provider().create(MODEL, "files/in-1", NAME))
        .isInstanceOfSatisfying(
            ProviderException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND));
  }

  @Test
  void idsOfFilesAreChecked() throws IOException {
    for (String bad : List.of("", "-", "-a", "a-", "A", "a_b", "a.b", "files/a", "x".repeat(41))) {
      assertThatIllegalArgumentException().as(bad).isThrownBy(() -> upload(bad, "content"));
    }
    for (String good : List.of("a", "1", "a-b", "x".repeat(40))) {
      assertThat(upload(good, "content")).isEqualTo("files/" + good);
    }
  }

  @Test
  void aLocalFileThatCannotBeReadIsToldApart() {
    assertThatThrownBy(() -> provider().upload(dir.resolve("none"), "in-1"))
        .isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void ofSeveralThreadsOneGetsTheName() throws Exception {
    Path in = Files.writeString(dir.resolve("in"), "content");
    List<Boolean> taken =
        together(
            () -> {
              try {
                return provider().upload(in, "in-1").sizeBytes() != 7;
              } catch (ProviderException e) {
                assertThat(e.code()).isEqualTo(409);
                return true;
              }
            });
    assertThat(Collections.frequency(taken, false)).isEqualTo(1);
    assertThat(stored("files/in-1")).asString().isEqualTo("content");
  }

  @Test
  void resultsAreDownloadedByteForByteAndReplaceWhatWasThere() throws IOException {
    String file = results();
    Path target = Files.writeString(dir.resolve("out"), "x".repeat(10_000));

    for (int i = 0; i < 2; i++) {
      provider().download(file, target);
      assertThat(target).hasBinaryContent(stored(file));
      assertThat(partsOf(target)).isEmpty();
    }
    assertThat(stored(file)).isNotEmpty();
  }

  @Test
  void aTargetNeedsNotBeThereBefore() throws IOException {
    String file = results();

    provider().download(file, dir.resolve("new"));

    assertThat(dir.resolve("new")).hasBinaryContent(stored(file));
  }

  @Test
  void aDownloadThatBreaksOffLeavesTheTargetAsItWas() throws Exception {
    String file = results();
    Path there = Files.writeString(dir.resolve("there"), "before");
    cutDownloads();

    assertFails(Kind.UNKNOWN, () -> provider().download(file, there));
    assertFails(Kind.UNKNOWN, () -> provider().download(file, dir.resolve("new")));
    assertThat(there).hasContent("before");
    assertThat(dir.resolve("new")).doesNotExist();
    assertThat(partsOf(there)).isEmpty();
    assertThat(partsOf(dir.resolve("new"))).isEmpty();
  }

  @Test
  void diskIsAskedForBeforeItIsTaken() throws IOException {
    String file = results();
    Path target = dir.resolve("out");
    var asked = new ArrayList<Long>();

    provider()
        .download(
            file,
            target,
            bytes -> {
              asked.add(bytes);
              assertThat(target).doesNotExist();
            });

    assertThat(asked).last().isEqualTo((long) stored(file).length);
  }

  @Test
  void aDownloadThatGetsNoDiskLeavesNothing() throws IOException {
    String file = results();
    Path there = Files.writeString(dir.resolve("there"), "before");
    var refusal = new IllegalStateException("no room");

    assertThatThrownBy(
            () ->
                provider()
                    .download(
                        file,
                        there,
                        bytes -> {
                          throw refusal;
                        }))
        .isSameAs(refusal);
    assertThat(there).hasContent("before");
    assertThat(partsOf(there)).isEmpty();
  }

  @Test
  void anAbsentFileLeavesTheTargetAsItWas() throws IOException {
    Path there = Files.writeString(dir.resolve("there"), "before");

    assertFails(Kind.NOT_FOUND, () -> provider().download("files/none", there));
    assertThat(there).hasContent("before");
    assertThat(partsOf(there)).isEmpty();
  }

  @Test
  void aTargetThatCannotBeWrittenIsToldApart() throws IOException {
    String file = results();

    assertThatThrownBy(() -> provider().download(file, dir.resolve("none/out")))
        .isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void aDiscardedFileIsGoneAndItAlone() throws IOException {
    String file = upload("in-1", "content");
    String other = upload("in-2", "content");

    assertThat(provider().discard(file)).isTrue();
    assertFails(Kind.NOT_FOUND, () -> provider().download(file, dir.resolve("out")));
    assertThat(stored(other)).asString().isEqualTo("content");
    assertThat(provider().discard(file)).as("again").isTrue();
    assertThat(provider().discard("files/none")).isTrue();
  }

  @Test
  void aDiscardedInputFencesCreates() throws IOException {
    String file = upload("in-1", "content");
    assertThat(provider().discard(file)).isTrue();

    assertFails(Kind.NOT_FOUND, () -> provider().create(MODEL, file, NAME));
    assertThat(provider().find(NAME)).isEmpty();
  }

  /** Result files have names that the API does not delete. */
  @Test
  void whetherAFileIsGoneIsToldAsItIs() throws IOException {
    String file = results();
    Path target = dir.resolve("out");

    if (provider().discard(file)) {
      assertFails(Kind.NOT_FOUND, () -> provider().download(file, target));
    } else {
      provider().download(file, target);
      assertThat(target).isNotEmptyFile();
    }
  }

  @Test
  void namesOfFilesAreChecked() {
    for (String bad : List.of("", "in-1", "files/", "files/a/b", "files/a?b", "files/..")) {
      assertThatIllegalArgumentException().as(bad).isThrownBy(() -> provider().discard(bad));
      assertThatIllegalArgumentException()
          .as(bad)
          .isThrownBy(() -> provider().download(bad, dir.resolve("out")));
    }
  }
}
