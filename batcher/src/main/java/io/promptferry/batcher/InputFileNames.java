package io.promptferry.batcher;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * The names of a deployment's input files at the provider: {@code
 * 1f09c2a4-20260131-235959-k3f9x2ab-0d3zk}, which is a mark of the deployment, the batch id, and
 * something random. 40 characters at most, as the provider allows.
 *
 * <p>The mark is a hash, since the deployment's own name may be as long as a file's may be. It
 * tells the files of one deployment from those of others that share the project, and from what
 * people put there.
 */
public final class InputFileNames {

  private static final int MARK_BYTES = 4;
  private static final int SUFFIX_RADIX = 36;
  private static final int SUFFIX_RANGE = 36 * 36 * 36 * 36 * 36;

  private final String mark;
  private final Pattern ours;

  public InputFileNames(String deployment) {
    this.mark = mark(deployment);
    this.ours = Pattern.compile("files/" + mark + "-\\d{8}-\\d{6}-[0-9a-z]{8}-[0-9a-z]{1,5}");
  }

  /** A new name each time, since a broken upload may hold its name. */
  public String next(String batchId) {
    int suffix = ThreadLocalRandom.current().nextInt(SUFFIX_RANGE);
    return mark + "-" + batchId + "-" + Integer.toString(suffix, SUFFIX_RADIX);
  }

  /** Whether this deployment gave the file its name, {@code files/…}. */
  public boolean made(String file) {
    return ours.matcher(file).matches();
  }

  private static String mark(String deployment) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(deployment.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, MARK_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
