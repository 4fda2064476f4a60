package io.promptferry.e2e.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.error.YAMLException;

/** Each check is content with a small right input, and says what is wrong with each wrong one. */
class ChecksTest {

  private static final String RIGHT =
      """
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: ours}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: settings}
      data:
        PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS: kafka:9092
        PROMPTFERRY_SCHEMA_REGISTRY_URL: http://registry:8081
        PROMPTFERRY_GEMINI_KEYS_DIR: /run/secrets/gemini
        PROMPTFERRY_COLLECT_SPOOL_DIR: /spool/collect
        PROMPTFERRY_COLLECT_SPOOL_MAX_BYTES: "1000000000"
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: collector}
      spec:
        selector: {matchLabels: {app: collector}}
        template:
          metadata: {labels: {app: collector}}
          spec:
            serviceAccountName: ours
            automountServiceAccountToken: false
            enableServiceLinks: false
            securityContext:
              runAsNonRoot: true
              runAsUser: 10001
              fsGroup: 10001
              seccompProfile: {type: RuntimeDefault}
            containers:
              - name: collector
                image: promptferry:1
                args: ["collector"]
                envFrom: [{configMapRef: {name: settings}}]
                ports: [{name: http, containerPort: 8080}]
                startupProbe: {httpGet: {path: /healthz, port: http}}
                livenessProbe: {httpGet: {path: /healthz, port: http}}
                readinessProbe: {httpGet: {path: /readyz, port: http}}
                securityContext:
                  allowPrivilegeEscalation: false
                  readOnlyRootFilesystem: true
                  capabilities: {drop: ["ALL"]}
                resources: {requests: {memory: 1Gi}, limits: {memory: 1Gi}}
                volumeMounts:
                  - {name: tmp, mountPath: /tmp}
                  - {name: spool, mountPath: /spool}
                  - {name: gemini, mountPath: /run/secrets/gemini}
            volumes:
              - {name: tmp, emptyDir: {sizeLimit: 1Mi}}
              - {name: spool, emptyDir: {sizeLimit: 2Gi}}
              - {name: gemini, secret: {secretName: keys}}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: collector}
      spec:
        selector: {app: collector}
        ports: [{name: http, port: 8080, targetPort: http}]
      ---
      apiVersion: policy/v1
      kind: PodDisruptionBudget
      metadata: {name: collector}
      spec:
        maxUnavailable: 1
        selector: {matchLabels: {app: collector}}
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata: {name: out}
      spec:
        podSelector: {}
        egress: [{ports: [{port: 9092}, {port: 8081}, {port: 443}]}]
      ---
      apiVersion: monitoring.coreos.com/v1
      kind: PodMonitor
      metadata: {name: all}
      spec:
        selector: {matchLabels: {app: collector}}
        podMetricsEndpoints: [{port: http, path: /metrics}]
      """;

  private static final String SCALED =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: settings}
      data: {PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS: "kafka:9092"}
      ---
      apiVersion: keda.sh/v1alpha1
      kind: ScaledObject
      metadata: {name: collector}
      spec:
        scaleTargetRef: {kind: Deployment, name: promptferry-collector}
        maxReplicaCount: 6
        triggers:
          - type: kafka
            metadata: {bootstrapServers: "kafka:9092", consumerGroup: promptferry-collect, topic: job-states}
            authenticationRef: {name: kafka}
      """;

  @Test
  void theRightInputHasNoProblem() {
    assertThat(problems(RIGHT)).isEmpty();
    assertThat(scaling(SCALED)).isEmpty();
  }

  /** What is replaced, by what, and a part of what a check then says. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // Types.
        "maxUnavailable: 1 | maxUnavailible: 1 | maxUnavailible",
        "runAsNonRoot: true | runAsNonroot: true | runAsNonroot",
        "capabilities: {drop: | capabilities: {dropped: | dropped",
        "podMetricsEndpoints: | endpoints: | endpoints",
        "`\"1000000000\"` | 1000000000 | Cannot coerce Integer",
        "runAsUser: 10001 | runAsUser: \"10001\" | Cannot coerce String",
        "kind: PodMonitor | kind: PodMonitors | no type is known",
        // Security.
        "enableServiceLinks: false | enableServiceLinks: true | /enableServiceLinks",
        "automountServiceAccountToken: false | priority: 0 | /automountServiceAccountToken",
        "readOnlyRootFilesystem: true | privileged: false | /securityContext/readOnlyRootFilesystem",
        "[\"ALL\"] | [\"KILL\"] | /securityContext/capabilities/drop/0",
        "type: RuntimeDefault | type: Unconfined | /securityContext/seccompProfile/type",
        "runAsUser: 10001 | runAsUser: 0 | /securityContext/runAsUser",
        "emptyDir: {sizeLimit: 1Mi} | emptyDir: {} | an emptyDir has a sizeLimit",
        "emptyDir: {sizeLimit: 1Mi} | hostPath: {path: /tmp} | no hostPath",
        "limits: {memory: 1Gi} | limits: {memory: 2Gi} | limits.memory is requests.memory",
        "image: promptferry:1 | image: promptferry | a tag",
        "readinessProbe: | lifecycle: {} #  | has a readinessProbe",
        // References.
        "serviceAccountName: ours | serviceAccountName: theirs | no ServiceAccount theirs",
        "configMapRef: {name: settings} | configMapRef: {name: other} | no ConfigMap other",
        "secretName: keys | secretName: kyes | the Secret kyes",
        "{name: spool, emptyDir | {name: pool, emptyDir | mounts",
        "metadata: {labels: {app: collector}} | metadata: {labels: {app: other}} | its own pods",
        "targetPort: http | targetPort: web | no port web",
        "selector: {app: collector} | selector: {app: batcher} | takes no pods",
        "{port: http, path | {port: web, path | no such port",
        // Configuration.
        "args: [\"collector\"] | args: [\"colector\"] | colector",
        "args: [\"collector\"] | args: [\"collector\", \"--confg\", \"x\"] | --confg",
        "PROMPTFERRY_COLLECT_SPOOL_DIR | PROMPTFERRY_SPOOL_DIR | unknown configuration key 'spool.dir'",
        "PROMPTFERRY_COLLECT_SPOOL_DIR: /spool | PROMPTFERRY_BATCH_LINGER_MS: 1 # | unknown configuration key 'batch.linger.ms'",
        "PROMPTFERRY_COLLECT_SPOOL_DIR | PROMPTFERRY_KAFKA_SASL_JAAS_CONFIGS | KAFKA_SASL_JAAS_CONFIGS",
        "PROMPTFERRY_SCHEMA_REGISTRY_URL: | OTHER: | not configured: schema.registry.url",
        "PROMPTFERRY_GEMINI_KEYS_DIR | OTHER | neither gemini.keys.dir nor gemini.api.key",
        "/run/secrets/gemini} | /run/secrets/gimini} | /run/secrets/gemini is on no volume",
        "containerPort: 8080 | containerPort: 8081 | containerPort is not http.port",
        "path: /readyz | path: /ready | readinessProbe asks for /ready",
        "path: /metrics | path: /prometheus | asks for /prometheus",
        "sizeLimit: 2Gi | sizeLimit: 1Gi | and up to 1000000000 bytes",
        "{port: 443} | {port: 80} | lets it out to port 443",
        "{port: 8081} | {port: 80} | lets it out to port 8081",
      })
  void whatIsWrongIsSaid(String right, String wrong, String message) {
    // Of a line that comes twice, the first.
    String broken = RIGHT.replaceFirst(Pattern.quote(right), Matcher.quoteReplacement(wrong));
    assertThat(broken).isNotEqualTo(RIGHT);
    assertThat(problems(broken)).anySatisfy(problem -> assertThat(problem).contains(message));
  }

  @Test
  void aKeyThatIsNamedTwiceIsRefused() {
    assertThatThrownBy(() -> Manifest.parse("x", "a: 1\na: 2\n")).isInstanceOf(YAMLException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "promptferry-collect, | promptferry-poller, | is not to be scaled by promptferry-poller",
        "topic: job-states | topic: jobs | is not to be scaled by promptferry-collect on jobs",
        "maxReplicaCount: 6 | maxReplicaCount: 12 | maxReplicaCount is to be 6",
        "bootstrapServers: \"kafka:9092\" | bootstrapServers: \"kafka:9093\" | find Kafka elsewhere",
      })
  void scalingByWhatIsNoWorkIsRefused(String right, String wrong, String message) {
    String broken = SCALED.replace(right, wrong);
    assertThat(broken).isNotEqualTo(SCALED);
    assertThat(scaling(broken)).anySatisfy(problem -> assertThat(problem).contains(message));
  }

  @Test
  void whatIsScaledLeavesItsReplicasOpen() {
    String target =
        """
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: promptferry-collector}
        spec: {replicas: 2}
        """;
    assertThat(References.problems(Manifest.parse("x", SCALED + target), Set.of()))
        .anySatisfy(problem -> assertThat(problem).contains("must leave its replicas open"))
        .anySatisfy(problem -> assertThat(problem).contains("its authenticationRef is not there"));
  }

  @Test
  void topicsAndRightsThatDifferAreShown() {
    String wrong =
        """
        kind: KafkaTopic
        spec:
          topicName: slices
          partitions: 6
          config: {cleanup.policy: delete, retention.ms: 1}
        ---
        kind: KafkaUser
        metadata: {name: promptferry-poller}
        spec:
          authorization:
            acls:
              - {resource: {type: topic, name: jobs, patternType: literal}, operations: [Read, Write]}
        """;
    List<Manifest> all = Manifest.parse("x", wrong);
    assertThat(KafkaObjects.topicProblems(all, 6, 6))
        .hasSize(8)
        .anySatisfy(problem -> assertThat(problem).contains("topic slices", "retention.ms=1}"))
        .anySatisfy(problem -> assertThat(problem).contains("topic receipts", "null"));
    assertThat(KafkaObjects.rightProblems(all))
        .hasSize(5)
        .anySatisfy(
            problem -> assertThat(problem).contains("user promptferry-poller", "jobs: Read Write"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "set PROMPTFERRY_BATCH_LINGER to 5 | PROMPTFERRY_BATCH_LINGER",
        "`batch.linger` is short | batch.linger",
        "`gemini.key=x` | gemini.key",
        "`kafka.bootstrap.server` | kafka.bootstrap.server",
        "`promptferry topics make` | topics has no command make",
        "run ./promptferry produce --fil x | produce has no option --fil",
        "`promptferry simulator --prot 1` | simulator has no option --prot",
      })
  void namesThatNobodyKnowsAreFound(String text, String message) {
    assertThat(NamesInText.problems("x", text, Set.of()))
        .singleElement()
        .satisfies(problem -> assertThat(problem).contains(message));
  }

  @Test
  void namesThatTheCodeKnowsAreNot() {
    String text =
        "PROMPTFERRY_BATCH_LINGER_MS, `batch.linger.ms=5`, `kafka.consumer.max.poll.records`,"
            + " `promptferry topics create --bootstrap x`, promptferry is a ferry, `java.lang.String`";
    assertThat(NamesInText.problems("x", text, Set.of())).isEmpty();
  }

  @Test
  void aContainerOfComposeThatWouldNotStartIsFound() {
    String compose =
        """
        services:
          kafka: {image: "apache/kafka:4.3.1", command: ["anything"]}
          poller: &poller
            image: promptferry
            command: ["poller"]
            environment: &env
              PROMPTFERRY_KAFKA_BOOTSTRAP_SERVERS: kafka:9092
              PROMPTFERRY_SCHEMA_REGISTRY_URL: http://registry:8081
              PROMPTFERRY_GEMINI_API_KEY: simulator
          collector:
            <<: *poller
            command: collector
            environment: ["PROMPTFERRY_POLL_STUCK_CANCEL=true"]
        """;
    List<Launch> launches = Compose.launches(Manifest.parse("compose", compose).get(0));
    assertThat(launches).hasSize(2);
    assertThat(launches.get(0).problems()).isEmpty();
    assertThat(launches.get(1).problems())
        .anySatisfy(problem -> assertThat(problem).contains("poll.stuck.cancel"));
  }

  private static List<String> problems(String yaml) {
    List<Manifest> all = Manifest.parse("x", yaml);
    var problems = new ArrayList<>(TypedModels.problems(all));
    problems.addAll(RestrictedPods.problems(all));
    problems.addAll(References.problems(all, Set.of("keys")));
    problems.addAll(Configuration.problems(all));
    return problems;
  }

  private static List<String> scaling(String yaml) {
    return KafkaObjects.scalingProblems(Manifest.parse("x", yaml), 6);
  }
}
