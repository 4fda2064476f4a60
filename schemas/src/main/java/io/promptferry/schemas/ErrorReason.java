package io.promptferry.schemas;

/**
 * Why a prompt was answered FAILED; the name stands in {@code PromptError.reason}. A string on the
 * wire and not an Avro enum, so that a new reason does not break a reader.
 */
public enum ErrorReason {
  UNDECODABLE(
      Fate.FINAL,
      "The record's value is not a PromptEvent in Confluent's wire format. Mend the producer."),
  NO_CONTENT(Fate.FINAL, "Neither prompt, parts nor request is set."),
  TWO_FORMS(Fate.FINAL, "The simple form and request are both set."),
  UNSUPPORTED(
      Fate.FINAL,
      "A reason that the collector of this version does not know; the message begins with it."),
  NO_MODEL(Fate.FINAL, "No model on the event and none configured."),
  BAD_MODEL(Fate.FINAL, "The model's name holds characters that no model's name has."),
  MODEL_NOT_ALLOWED(Fate.FINAL, "The model is not on the batcher's prompt.models.allowed."),
  BAD_PART(
      Fate.FINAL,
      "A part sets none or several of text, fileUri and data, or its fileUri or mimeType is missing or malformed."),
  BAD_REQUEST(
      Fate.FINAL,
      "request is not a JSON object, its schema is no JSON Schema, or the API has no such request: the message names the field."),
  BAD_SCHEMA(Fate.FINAL, "responseJsonSchema is no JSON Schema, or contradicts responseMimeType."),
  BAD_SETTING(
      Fate.FINAL,
      "A generation setting is outside its range, or id, replyTo or attributes are too long."),
  TOO_LARGE(Fate.FINAL, "The prompt alone is larger than a batch may be."),
  TOO_MANY_LANES(
      Fate.FINAL,
      "The prompt names one more model than lane.open.max allows at a time: mend the name, or send it again later."),
  DEADLINE_PASSED(Fate.FINAL, "The deadline was past before the prompt was sent."),
  MODEL_ERROR(
      Fate.TRIED_AGAIN,
      "The model failed at this prompt; code and message are the model's, where it gave any."),
  QUOTA_EXCEEDED(
      Fate.TRIED_AGAIN, "The model had no quota left for this prompt (RESOURCE_EXHAUSTED)."),
  KEY_REFUSED(
      Fate.TRIED_AGAIN,
      "The provider did not accept the account's key when this prompt's turn came (UNAUTHENTICATED)."),
  REQUEST_REFUSED(
      Fate.FINAL_BY_DEFAULT,
      "The model refused this prompt as invalid; the message says what it objects to."),
  NO_ACCESS(
      Fate.FINAL_BY_DEFAULT,
      "A file, a cached content or the model that the prompt names is not there, or not for this account (NOT_FOUND, PERMISSION_DENIED)."),
  EMPTY_ANSWER(Fate.TRIED_AGAIN, "The model's response has no content."),
  EMPTY_CUT_OFF(
      Fate.AS_CUT_OFF,
      "The model used up its tokens before it said anything, mostly by thinking: raise maxOutputTokens, or lower thinkingBudget."),
  ANSWER_CUT_OFF(
      Fate.AS_CUT_OFF,
      "The answer ends at maxOutputTokens, in the middle; what came is in the response."),
  ANSWER_NOT_JSON(
      Fate.AS_MISFIT,
      "The prompt asked for JSON and the answer's text is none; what came is in the response."),
  ANSWER_MISFIT(
      Fate.AS_MISFIT,
      "The answer is JSON that does not fit the prompt's schema: the message names the rule; what came is in the response."),
  SAFETY(Fate.FINAL_BY_DEFAULT, "The model withheld the answer, or its end, by its safety filter."),
  RECITATION(
      Fate.FINAL_BY_DEFAULT,
      "The model withheld the answer, or its end, as too close to a source."),
  PROHIBITED_CONTENT(
      Fate.FINAL_BY_DEFAULT,
      "The model withheld the answer, or its end, by a rule that no setting lifts (PROHIBITED_CONTENT, BLOCKLIST, SPII)."),
  PROMPT_BLOCKED(
      Fate.FINAL_BY_DEFAULT, "The prompt itself was blocked; the message has the block reason."),
  LANGUAGE(Fate.FINAL_BY_DEFAULT, "The model does not support the answer's language."),
  MALFORMED_CALL(
      Fate.TRIED_AGAIN,
      "The model called a function in a way that nobody can read, or one that it was not given."),
  UNFINISHED(
      Fate.TRIED_AGAIN, "The model stopped before it was done; the message has its finish reason."),
  ANSWER_TOO_LARGE(
      Fate.FINAL,
      "The answer is too large for a record; the message says by how much and what to raise."),
  NO_RESULT(Fate.TRIED_AGAIN, "The job ended and its results hold no line for this prompt."),
  BAD_RESULT(Fate.TRIED_AGAIN, "The line of this prompt in the results is not readable."),
  LINE_TOO_LARGE(
      Fate.FINAL_BY_DEFAULT,
      "The line of this prompt in the results is longer than collect.line.max.bytes."),
  JOB_FAILED(Fate.TRIED_AGAIN, "The job ended without results; code and message are the job's."),
  JOB_INVALID(
      Fate.FINAL,
      "The provider rejects any job that holds this prompt; code and message are the provider's. Mend the prompt."),
  NOT_ISOLATED(
      Fate.FINAL,
      "The provider rejected a job with this prompt among others, and the one to blame was not found by isolation.max.jobs jobs, or within retry.max.age.ms."),
  JOB_EXPIRED(Fate.TRIED_AGAIN, "The provider did not get to the job in time, and expired it."),
  JOB_CANCELLED(Fate.TRIED_AGAIN, "The job was cancelled before it came to this prompt."),
  JOB_LOST(Fate.TRIED_AGAIN, "The provider does not know the job any more."),
  NOT_SUBMITTED(
      Fate.FINAL,
      "The provider took no job within submit.give.up.after.ms; message is its last refusal."),
  JOB_GIVEN_UP(Fate.FINAL, "The job did not end within poll.give.up.after.ms."),
  RESULTS_UNREADABLE(
      Fate.FINAL_BY_DEFAULT,
      "The job's result file could not be read within collect.give.up.after.ms.");

  /** Whether a prompt is sent again for a reason, as long as attempts and time are left. */
  public enum Fate {
    /** It would change nothing, or cannot be known to be harmless. */
    FINAL("no"),
    /** It would likely change nothing. */
    FINAL_BY_DEFAULT("no, unless `retry.reasons` names it"),
    /** By default; not where the collector's {@code retry.reasons} leaves it out. */
    TRIED_AGAIN("yes"),
    /** The collector's {@code answer.cut.off} says. */
    AS_CUT_OFF("where `answer.cut.off=retry`"),
    /** The collector's {@code answer.misfit} says. */
    AS_MISFIT("where `answer.misfit=retry`");

    private final String told;

    Fate(String told) {
      this.told = told;
    }

    /** Whether it is tried again, in a few words; the text of the docs. */
    public String told() {
      return told;
    }
  }

  private final Fate fate;
  private final String meaning;

  ErrorReason(Fate fate, String meaning) {
    this.fate = fate;
    this.meaning = meaning;
  }

  /** Whether a prompt that met with this is sent again. */
  public Fate fate() {
    return fate;
  }

  /** What happened, and where it helps what to do, in a sentence or two; the text of the docs. */
  public String meaning() {
    return meaning;
  }
}
