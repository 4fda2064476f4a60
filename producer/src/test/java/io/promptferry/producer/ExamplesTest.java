package io.promptferry.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the Javadoc and the docs show stands, word for word, in {@link Examples}, which compiles.
 */
class ExamplesTest {

  private static final Pattern JAVADOC =
      Pattern.compile("<pre>\\{@code\\n(.*?)\\n *\\* }</pre>", Pattern.DOTALL);
  private static final Pattern FENCE = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

  @Test
  void theJavadocShowsWhatCompiles() throws IOException {
    var shown = new ArrayList<String>();
    try (Stream<Path> files = Files.list(Path.of("src/main/java/io/promptferry/producer"))) {
      for (Path file : files.toList()) {
        for (String block : blocks(JAVADOC, Files.readString(file))) {
          shown.add(block.replaceAll("(?m)^ *\\*", ""));
        }
      }
    }
    assertThat(shown).hasSizeGreaterThanOrEqualTo(6);
    assertStandsInExamples(shown);
  }

  @Test
  void theDocsShowWhatCompiles() throws IOException {
    var shown = new ArrayList<String>();
    for (String page : List.of("README.md", "../docs/upstream.md", "../docs/downstream.md")) {
      List<String> blocks = blocks(FENCE, Files.readString(Path.of(page)));
      assertThat(blocks).as(page).isNotEmpty();
      shown.addAll(blocks);
    }
    assertStandsInExamples(shown);
  }

  private static List<String> blocks(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(found -> found.group(1)).toList();
  }

  private static void assertStandsInExamples(List<String> shown) throws IOException {
    String examples =
        plain(Files.readString(Path.of("src/test/java/io/promptferry/producer/Examples.java")));
    assertThat(shown).allSatisfy(block -> assertThat(examples).contains(plain(block)));
  }

  /** Indentation and line breaks are the formatter's. */
  private static String plain(String code) {
    return code.replaceAll("\\s+", "");
  }
}
