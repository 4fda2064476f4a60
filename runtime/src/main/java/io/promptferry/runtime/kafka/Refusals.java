package io.promptferry.runtime.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;

/** Finds out which records of a transaction were refused by their topics. */
final class Refusals {

  /**
   * Those that a second attempt meets again. A topic that is away for a while is not among them.
   */
  private static final Set<Class<? extends ApiException>> LASTING =
      Set.of(
          TopicAuthorizationException.class,
          RecordTooLargeException.class,
          RecordBatchTooLargeException.class,
          InvalidTopicException.class,
          InvalidRecordException.class,
          InvalidTimestampException.class,
          PolicyViolationException.class);

  private final List<RefusedException.Refusal> found = new ArrayList<>();

  /**
   * Told by the producer of each record. Once one has failed, Kafka fails all others that it has
   * not sent yet with the same exception: so only the first is to blame, and those that an
   * exception names.
   */
  synchronized void note(ProducerRecord<byte[], byte[]> record, @Nullable Exception failure) {
    if (failure instanceof ApiException reason
        && LASTING.contains(reason.getClass())
        && (found.isEmpty() || names(reason, record.topic()))) {
      found.add(new RefusedException.Refusal(record, reason));
    }
  }

  private static boolean names(ApiException reason, String topic) {
    return (reason instanceof TopicAuthorizationException rights
            && rights.unauthorizedTopics().contains(topic))
        || (reason instanceof InvalidTopicException invalid
            && invalid.invalidTopics().contains(topic));
  }

  /** What to throw instead of the exception that ended the transaction. */
  synchronized RuntimeException over(RuntimeException end) {
    return found.isEmpty() ? end : new RefusedException(found, end);
  }
}
