package io.promptferry.schemas;

/**
 * Why a prompt was answered FAILED; the name stands in {@code PromptError.reason}. A string on the
 * wire and not an Avro enum, so that a new reason does not break a reader.
 */
public enum ErrorReason {
  UNDECODABLE(
      "The record's value is not a PromptEvent in Confluent's wire format. Mend the producer."),
  NO_CONTENT("Neither prompt, parts nor request is set."),
  TWO_FORMS("The simple form and request are both set."),
  UNSUPPORTED(
      "A reason that the collector of this version does not know; the message begins with it."),
  NO_MODEL("No model on the event and none configured."),
  BAD_MODEL("The model's name holds characters that no model's name has."),
  MODEL_NOT_ALLOWED("The model is not on the batcher's prompt.models.allowed."),
  BAD_PART(
      "A part sets none or several of text, fileUri and data, or its fileUri or mimeType is missing or malformed."),
  BAD_REQUEST(
      "request is not a JSON object, or the API has no such request: the message names the field."),
  BAD_SCHEMA("responseJsonSchema is no JSON Schema, or contradicts responseMimeType."),
  BAD_SETTING(
      "A generation setting is outside its range, or id, replyTo or attributes are too long."),
  TOO_LARGE("The prompt alone is larger than a batch may be."),
  TOO_MANY_LANES(
      "The prompt names one more model than lane.open.max allows at a time: mend the name, or send it again later."),
  DEADLINE_PASSED("The deadline was past before the prompt was sent."),
  MODEL_ERROR("The model answered this prompt with an error; code and message are the model's."),
  EMPTY_ANSWER(
      "The model's response has no content; the message says what the model gave as the reason."),
  ANSWER_TOO_LARGE(
      "The answer is too large for a record; the message says by how much and what to raise."),
  NO_RESULT("The job ended and its results hold no line for this prompt."),
  BAD_RESULT("The line of this prompt in the results is not readable."),
  JOB_FAILED("The job ended without results; code and message are the job's."),
  NOT_SUBMITTED(
      "The provider took no job within submit.give.up.after.ms; message is its last refusal."),
  JOB_GIVEN_UP("The job did not end within poll.give.up.after.ms."),
  RESULTS_UNREADABLE("The job's result file could not be read within collect.give.up.after.ms.");

  private final String meaning;

  ErrorReason(String meaning) {
    this.meaning = meaning;
  }

  /** What happened, and where it helps what to do, in a sentence or two; the text of the docs. */
  public String meaning() {
    return meaning;
  }
}
