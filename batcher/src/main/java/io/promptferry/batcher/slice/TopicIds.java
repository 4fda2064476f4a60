package io.promptferry.batcher.slice;

import io.promptferry.schemas.TopicAdmin;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** Tells the topics that exist from deleted ones of the same name. */
interface TopicIds extends AutoCloseable {

  /** The ids that those of the topics have now which exist, by name. Never from a cache. */
  Map<String, String> of(Collection<String> topics);

  @Override
  void close();

  /** Asks the cluster; owns the client. */
  static TopicIds of(Admin admin, Duration timeout) {
    var topicAdmin = new TopicAdmin(admin, timeout);
    return new TopicIds() {
      @Override
      public Map<String, String> of(Collection<String> topics) {
        return topicAdmin.topicIds(topics);
      }

      @Override
      public void close() {
        admin.close(timeout);
      }
    };
  }
}
