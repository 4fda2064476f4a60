package io.promptferry.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The memory of a process that is no swap, by Linux.
 *
 * @param now in kB
 * @param peak in kB, since the process began
 */
record ResidentSize(long now, long peak) {

  private static final long MEGABYTE = 1024;

  static ResidentSize of(long pid) throws IOException {
    return parse(Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")));
  }

  static ResidentSize parse(List<String> status) {
    return new ResidentSize(kilobytes(status, "VmRSS:"), kilobytes(status, "VmHWM:"));
  }

  private static long kilobytes(List<String> status, String name) {
    return status.stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no " + name + " in /proc/<pid>/status"));
  }

  @Override
  public String toString() {
    return "%d MB resident, at most %d MB".formatted(now / MEGABYTE, peak / MEGABYTE);
  }
}
