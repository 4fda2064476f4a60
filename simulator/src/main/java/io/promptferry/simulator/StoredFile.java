package io.promptferry.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What is known of a file besides its content.
 *
 * @param number ascending in the order of creation
 * @param generated whether a job wrote it
 * @param deleted kept to tell a file that was deleted from one that never was
 */
record StoredFile(
    long number,
    String id,
    String displayName,
    String mimeType,
    long sizeBytes,
    String sha256,
    String createTime,
    String expirationTime,
    boolean generated,
    boolean deleted) {

  StoredFile asDeleted() {
    return new StoredFile(
        number,
        id,
        displayName,
        mimeType,
        sizeBytes,
        sha256,
        createTime,
        expirationTime,
        generated,
        true);
  }

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
        .put("uri", baseUrl + "/v1beta/files/" + id)
        .put("state", "ACTIVE")
        .put("source", generated ? "GENERATED" : "UPLOADED");
    if (generated) {
      json.put("downloadUri", baseUrl + "/v1beta/files/" + id + ":download?alt=media");
    }
    return json;
  }
}
