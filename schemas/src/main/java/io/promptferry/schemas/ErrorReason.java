package io.promptferry.schemas;

/**
 * Why a prompt was answered FAILED; the name stands in {@code PromptError.reason}. A string on the
 * wire and not an Avro enum, so that a new reason does not break a reader.
 */
public enum ErrorReason {
  /** The record's value is not a PromptEvent in Confluent's wire format. Mend the producer. */
  UNDECODABLE,
  /** Neither prompt, parts nor request is set. */
  NO_CONTENT,
  /** The simple form and request are both set. */
  TWO_FORMS,
  /** A form that this version cannot send yet. */
  UNSUPPORTED,
  /** No model on the event and none configured. */
  NO_MODEL,
  /** The model's name holds characters that no model's name has. */
  BAD_MODEL,
  /** responseJsonSchema is not a JSON object, or contradicts responseMimeType. */
  BAD_SCHEMA,
  /** A generation setting is outside its range. */
  BAD_SETTING,
  /** The prompt alone is larger than a batch may be. */
  TOO_LARGE,
  /** The deadline was past before the prompt was sent. */
  DEADLINE_PASSED,
  /** The model answered this prompt with an error; code and message are the model's. */
  MODEL_ERROR,
  /** The model's response has no content; the message says what the model gave as the reason. */
  EMPTY_ANSWER,
  /** The answer is too large for a record; the message says by how much and what to raise. */
  ANSWER_TOO_LARGE,
  /** The job ended and its results hold no line for this prompt. */
  NO_RESULT,
  /** The line of this prompt in the results is not readable. */
  BAD_RESULT,
  /** The job ended without results; code and message are the job's. */
  JOB_FAILED,
  /** The provider took no job within submit.give.up.after.ms; message is its last refusal. */
  NOT_SUBMITTED,
  /** The job did not end within poll.give.up.after.ms. */
  JOB_GIVEN_UP,
  /** The job's result file could not be read within collect.give.up.after.ms. */
  RESULTS_UNREADABLE
}
