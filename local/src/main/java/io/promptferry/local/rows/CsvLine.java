package io.promptferry.local.rows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.util.List;

/** Fields as a line of CSV. */
public final class CsvLine {

  private static final ObjectWriter WRITER =
      CsvMapper.builder()
          .enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING)
          .build()
          .writer(CsvSchema.emptySchema().withLineSeparator(""));

  private CsvLine() {}

  /** Without an end of line; a field of several lines may be in it, in quotes. */
  public static String of(List<String> fields) {
    try {
      return WRITER.writeValueAsString(fields.toArray(String[]::new));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("strings make no CSV", e);
    }
  }
}
