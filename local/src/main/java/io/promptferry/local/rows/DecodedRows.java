package io.promptferry.local.rows;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Optional;

/** Says of what is not UTF-8 what it is and what to do, which the decoder does not. */
record DecodedRows(String name, Rows rows) implements Rows {

  @Override
  public Optional<Row> next() throws IOException {
    try {
      return rows.next();
    } catch (CharacterCodingException e) {
      throw notUtf8(name, e);
    }
  }

  static BadInputException notUtf8(String name, CharacterCodingException e) {
    return new BadInputException(
        name + " is not UTF-8: convert it, for example with iconv -f ISO-8859-1 -t UTF-8", e);
  }

  @Override
  public Optional<List<String>> columns() {
    return rows.columns();
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
