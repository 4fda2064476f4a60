package io.promptferry.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a file besides its content.
 *
 * @param number ascending in the order of creation
 * @param project whose it is; nobody else sees it
 * @param origin the display name of the job that wrote it; empty for an upload
 * @param readableFrom when its content can be had; null for at once
 * @param generated whether a job wrote it
 * @param deleted kept to tell a file that was deleted from one that never was
 */
record StoredFile(
    long number,
    String project,
    String id,
    String displayName,
    String origin,
    String mimeType,
    long sizeBytes,
    String sha256,
    String createTime,
    String expirationTime,
    @Nullable String readableFrom,
    boolean generated,
    boolean deleted) {

  /**
   * What the URI of a file begins with, whatever the address of the simulator: to the service it is
   * a name by which prompts call the file, and clients take no other.
   */
  static final String URI_PREFIX = "https://generativelanguage.googleapis.com/v1beta/files/";

  /** What a fault may ask for. */
  String names() {
    return "files/" + id + " " + displayName + " " + origin;
  }

  boolean readable(Instant now) {
    return readableFrom == null || !now.isBefore(Instant.parse(readableFrom));
  }

  boolean expired(Instant now) {
    return !Instant.parse(expirationTime).isAfter(now);
  }

  StoredFile asDeleted() {
    return new StoredFile(
        number,
        project,
        id,
        displayName,
        origin,
        mimeType,
        sizeBytes,
        sha256,
        createTime,
        expirationTime,
        readableFrom,
        generated,
        true);
  }

  /**
   * The file as the wire has it.
   *
   * @param baseUrl where its content can be fetched
   */
  ObjectNode json(String baseUrl) {
    ObjectNode json = Json.object().put("name", "files/" + id);
    if (!displayName.isEmpty()) {
      json.put("displayName", displayName);
    }
    json.put("mimeType", mimeType)
        .put("sizeBytes", Long.toString(sizeBytes))
        .put("createTime", createTime)
        .put("updateTime", createTime)
        .put("expirationTime", expirationTime)
        .put("sha256Hash", sha256)
        .put("uri", URI_PREFIX + id)
        .put("state", "ACTIVE")
        .put("source", generated ? "GENERATED" : "UPLOADED");
    if (generated) {
      json.put("downloadUri", baseUrl + "/v1beta/files/" + id + ":download?alt=media");
    }
    return json;
  }
}
