package io.promptferry.local.rows;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PushbackReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where rows come from.
 *
 * @param path a file or folder; empty: standard input
 * @param form how it is read
 */
public record Input(Optional<Path> path, Form form) {

  /** What stands for standard input. */
  public static final String STANDARD_INPUT = "-";

  private static final int BYTE_ORDER_MARK = 0xFEFF;

  /** The forms of input. */
  public enum Form {
    JSONL,
    CSV,
    FOLDER
  }

  /**
   * What a person named.
   *
   * @param wanted the form; null: by the name, {@code .csv} is CSV, a folder a folder, all else
   *     JSON lines
   * @throws BadInputException when there is no such file
   */
  public static Input of(String name, @Nullable Form wanted) throws BadInputException {
    if (name.equals(STANDARD_INPUT)) {
      if (wanted == Form.FOLDER) {
        throw new BadInputException("standard input is no folder: name one");
      }
      return new Input(Optional.empty(), wanted == null ? Form.JSONL : wanted);
    }
    Path path = Path.of(name);
    if (!Files.exists(path)) {
      throw new BadInputException("there is no file " + name);
    }
    boolean folder = Files.isDirectory(path);
    if (wanted != null && folder != (wanted == Form.FOLDER)) {
      throw new BadInputException(name + (folder ? " is a folder" : " is no folder"));
    }
    boolean csv = name.toLowerCase(Locale.ROOT).endsWith(".csv");
    Form form = folder ? Form.FOLDER : wanted != null ? wanted : csv ? Form.CSV : Form.JSONL;
    return new Input(Optional.of(path), form);
  }

  /** For messages. */
  public String name() {
    return path.map(Path::toString).orElse("standard input");
  }

  /** A file that belongs to this input: beside it, with a longer name. Empty for standard input. */
  public Optional<Path> beside(String ending) {
    return path.map(Path::toAbsolutePath)
        .map(Path::normalize)
        .map(own -> own.resolveSibling(own.getFileName() + ending));
  }

  /**
   * Begins to read.
   *
   * @throws BadInputException when it has no header that it should have
   */
  public Rows open(InputStream standardInput) throws IOException {
    if (form == Form.FOLDER) {
      return new FolderRows(path.orElseThrow());
    }
    try {
      Reader text =
          text(path.isPresent() ? Files.newInputStream(path.orElseThrow()) : standardInput);
      return new DecodedRows(
          name(), form == Form.CSV ? new CsvRows(name(), text) : new JsonlRows(text));
    } catch (CharacterCodingException e) {
      throw DecodedRows.notUtf8(name(), e);
    }
  }

  /**
   * Reads a file or a folder through, before anything is sent that could not be taken back.
   *
   * @throws BadInputException when it has no rows, lacks a column that the form needs, or cannot be
   *     read to its end
   */
  public void check(PromptForm prompts) throws IOException {
    try (Rows rows = open(InputStream.nullInputStream(), prompts)) {
      if (rows.next().isEmpty()) {
        throw noRows();
      }
      while (rows.next().isPresent()) {
        // Whether a single row is good shows when it is sent.
      }
    } catch (BadInputException e) {
      throw new BadInputException(e.getMessage() + "; nothing was sent", e);
    }
  }

  /** What to throw when there was none. */
  public BadInputException noRows() {
    return new BadInputException(name() + " has no rows");
  }

  /**
   * As {@link #open(InputStream)}, and refuses an input in which no row could make a prompt.
   *
   * @throws BadInputException when it lacks a column that the form needs
   */
  public Rows open(InputStream standardInput, PromptForm prompts) throws IOException {
    Rows rows = open(standardInput);
    if (rows.columns().isPresent()) {
      List<String> columns = rows.columns().get();
      for (String needed : prompts.columns()) {
        if (!columns.contains(needed)) {
          rows.close();
          throw new BadInputException(
              "%s has no column '%s': its first line names %s%s"
                  .formatted(name(), needed, String.join(", ", columns), separatorHint(columns)));
        }
      }
    }
    return rows;
  }

  private static String separatorHint(List<String> columns) {
    String only = columns.size() == 1 ? columns.get(0) : "";
    return only.contains(";") || only.contains("\t") ? "; columns must be separated by commas" : "";
  }

  // A decoder of its own complains of what is not UTF-8, where others would send U+FFFD.
  private static Reader text(InputStream bytes) throws IOException {
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    var reader = new PushbackReader(new InputStreamReader(bytes, decoder));
    int first = reader.read();
    if (first >= 0 && first != BYTE_ORDER_MARK) {
      reader.unread(first);
    }
    return reader;
  }

  /**
   * Differs when the rows do: of a file its content, of a folder the names and sizes of its files.
   */
  public String digest() throws IOException {
    MessageDigest digest = sha256();
    if (form == Form.FOLDER) {
      Path folder = path.orElseThrow();
      for (Path file : FolderRows.files(folder)) {
        String line = folder.relativize(file) + "\0" + Files.size(file) + "\n";
        digest.update(line.getBytes(StandardCharsets.UTF_8));
      }
    } else {
      try (var in = new DigestInputStream(Files.newInputStream(path.orElseThrow()), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
