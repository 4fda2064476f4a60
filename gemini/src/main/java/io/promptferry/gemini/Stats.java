package io.promptferry.gemini;

/**
 * How far a job has come, in requests. The provider leaves out what is zero.
 *
 * @param requests all requests of the job
 * @param succeeded requests answered
 * @param failed requests answered with an error
 * @param pending requests not answered yet
 */
public record Stats(long requests, long succeeded, long failed, long pending) {}
