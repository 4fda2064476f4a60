package io.promptferry.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptferry.records.Part;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartRulesTest {

  private static Part part(
      @Nullable String text, @Nullable String uri, @Nullable String data, @Nullable String type) {
    ByteBuffer bytes = data == null ? null : ByteBuffer.wrap(data.getBytes(UTF_8));
    return new Part(text, uri, bytes, type);
  }

  private static String flaw(Part... parts) {
    return PartRules.flaw(List.of(parts)).orElse("none");
  }

  @Test
  void eachKindPasses() {
    assertThat(
            flaw(
                part("text", null, null, null),
                part(" ", null, null, "text/plain"),
                part(null, "https://generativelanguage.googleapis.com/v1beta/files/a", null, "a/b"),
                part(null, "gs://bucket/folder/file.mp4", null, "video/mp4"),
                part(null, "gs://bucket/a name of its own", null, "video/mp4"),
                part(null, null, "bytes", "image/png")))
        .isEqualTo("none");
  }

  @Test
  void exactlyOneContentIsNeededAndTheFirstBadPartIsNamed() {
    String one = "parts[1] must set exactly one of text, fileUri and data";
    Part good = part("text", null, null, null);
    assertThat(flaw(good, part(null, null, null, "image/png"), good)).isEqualTo(one);
    assertThat(flaw(good, part("a", "gs://b/c", null, "image/png"))).isEqualTo(one);
    assertThat(flaw(good, part("a", null, "b", "image/png"))).isEqualTo(one);
    assertThat(flaw(good, part(null, "gs://b/c", "b", "image/png"))).isEqualTo(one);
  }

  @Test
  void emptyContentIsNone() {
    assertThat(flaw(part("", null, null, null))).isEqualTo("parts[0] has an empty text");
    assertThat(flaw(part(null, null, "", "image/png"))).isEqualTo("parts[0] has empty data");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "file",
        "http://a/b",
        "file:///etc/passwd",
        "https:/a",
        "https:a",
        "https://a/b c",
        "gs:bucket/a",
        "gs://",
        "gs://bucket/a\nb",
        "ftp://gs://bucket/a"
      })
  void otherFilesAreRefused(String uri) {
    assertThat(flaw(part(null, uri, null, "image/png"))).startsWith("parts[0] needs a fileUri");
  }

  @Test
  void aLongUriIsRefused() {
    String uri = "gs://bucket/" + "x".repeat(2_036);
    assertThat(flaw(part(null, uri, null, "image/png"))).isEqualTo("none");
    assertThat(flaw(part(null, uri + "x", null, "image/png"))).startsWith("parts[0] needs a");
  }

  @Test
  void aFileAndDataNeedTheirType() {
    String needs = "parts[0] needs the mimeType of its fileUri or data";
    assertThat(flaw(part(null, "gs://b/c", null, null))).isEqualTo(needs);
    assertThat(flaw(part(null, null, "data", null))).isEqualTo(needs);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "image/png",
        "image/svg+xml",
        "text/plain; charset=utf-8",
        "text/plain;charset=\"utf-8\"; a=b",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
      })
  void typesPass(String type) {
    assertThat(flaw(part(null, null, "data", type))).isEqualTo("none");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "png", "image/", "/png", "image/png/x", "image /png", "image/png;", "a/b\n"})
  void noTypesAreRefused(String type) {
    assertThat(flaw(part(null, null, "data", type)))
        .isEqualTo("parts[0] needs a mimeType such as image/png");
  }
}
