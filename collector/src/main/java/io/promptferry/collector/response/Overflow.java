package io.promptferry.collector.response;

/** Why a response is not on the topic that it was meant for. */
public enum Overflow {
  /** The topic is not there, and {@code response.topics.max} topics are. */
  CAP,
  /** The template asks for a key and the prompt has none. */
  NULL_KEY,
  /** The template makes the name of one of Promptferry's own topics. */
  FORBIDDEN,
  /** The cluster does not make the topic, or lets nothing be written to it. */
  REFUSED,
  /** The topic takes records, but none so large, even without what the model said. */
  TOO_LARGE,
  /** The event's replyTo is not allowed; the response is where it would be without. */
  REPLY_TO
}
