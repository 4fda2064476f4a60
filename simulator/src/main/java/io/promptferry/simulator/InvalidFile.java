package io.promptferry.simulator;

/** An input file that fails its job; the message is the job's. */
final class InvalidFile extends Exception {
  InvalidFile(String message) {
    super(message);
  }

  static InvalidFile line(int number, String what) {
    return new InvalidFile("Error on line " + number + ": " + what);
  }

  static InvalidFile json(int number, int column, String what) {
    return line(number, "invalid JSON, near column " + column + ": " + what);
  }
}
