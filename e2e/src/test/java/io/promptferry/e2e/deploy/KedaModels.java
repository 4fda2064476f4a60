package io.promptferry.e2e.deploy;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import java.util.List;

/**
 * The fields of KEDA's objects that the manifests use, since Maven Central has no models of them.
 * After <a href="https://keda.sh/docs/2.17/reference/scaledobject-spec/">the specification</a> and
 * that of its scaler for Kafka.
 */
final class KedaModels {

  private KedaModels() {}

  record ScaledObject(String apiVersion, String kind, ObjectMeta metadata, Spec spec) {}

  record Spec(
      Target scaleTargetRef,
      int pollingInterval,
      int minReplicaCount,
      int maxReplicaCount,
      Advanced advanced,
      List<Trigger> triggers) {}

  record Target(String apiVersion, String kind, String name) {}

  record Advanced(Autoscaler horizontalPodAutoscalerConfig) {}

  record Autoscaler(HorizontalPodAutoscalerBehavior behavior) {}

  record Trigger(String type, KafkaLag metadata, Reference authenticationRef) {}

  /** Everything here is a string to KEDA. */
  record KafkaLag(
      String bootstrapServers,
      String consumerGroup,
      String topic,
      String lagThreshold,
      String offsetResetPolicy) {}

  record Reference(String name) {}

  record TriggerAuthentication(
      String apiVersion, String kind, ObjectMeta metadata, Authentication spec) {}

  record Authentication(List<SecretKey> secretTargetRef) {}

  record SecretKey(String parameter, String name, String key) {}
}
