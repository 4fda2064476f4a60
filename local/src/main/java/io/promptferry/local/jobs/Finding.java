package io.promptferry.local.jobs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Something on which the provider and the topics do not agree.
 *
 * @param batchId the batch that is concerned, in the topics or in a job's display name
 * @param jobs the provider's names of the jobs that are concerned
 * @param text what is the matter and what to do, in one line
 */
public record Finding(Kind kind, String batchId, List<String> jobs, String text) {

  /** What kind of thing. */
  public enum Kind {
    /** An open batch records a job that the provider does not know. */
    UNKNOWN_JOB,
    /** The provider has a job that its batch does not record. */
    UNRECORDED_JOB,
    /** Several jobs, not cancelled, bear the name of one batch: each is billed. */
    DUPLICATE,
    /** The job has ended at the provider, and no terminal state of it is recorded. */
    NOT_NOTICED
  }

  public Finding {
    jobs = List.copyOf(jobs);
  }

  /** As one object. */
  public ObjectNode json() {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("kind", kind.name())
            .put("batchId", batchId)
            .put("text", text);
    ArrayNode names = json.putArray("jobs");
    jobs.forEach(names::add);
    return json;
  }
}
