package io.promptferry.local.run;

import io.promptferry.local.client.Setup;
import io.promptferry.runtime.config.ServiceConfig;
import io.promptferry.runtime.kafka.KafkaClients;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** Tells one cluster from another, whatever their addresses are. */
public final class ClusterId {

  private ClusterId() {}

  /**
   * Kafka's own.
   *
   * @throws KafkaException when the cluster does not tell; one line that says what to do
   */
  public static String of(ServiceConfig config) {
    try (Admin admin = new KafkaClients(config).admin()) {
      return admin
          .describeCluster()
          .clusterId()
          .get(Setup.ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new KafkaException(
          "the Kafka cluster did not answer within %d s: check kafka.bootstrap.servers"
              .formatted(Setup.ANSWER_LIMIT.toSeconds()),
          e);
    } catch (ExecutionException e) {
      throw new KafkaException("the cluster does not say its id: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    }
  }
}
