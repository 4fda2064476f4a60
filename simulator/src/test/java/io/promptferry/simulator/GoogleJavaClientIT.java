package io.promptferry.simulator;

import static io.promptferry.simulator.WireClient.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.genai.Client;
import com.google.genai.errors.ClientException;
import com.google.genai.types.BatchJob;
import com.google.genai.types.BatchJobSource;
import com.google.genai.types.CancelBatchJobConfig;
import com.google.genai.types.CreateBatchJobConfig;
import com.google.genai.types.File;
import com.google.genai.types.FileState;
import com.google.genai.types.GetBatchJobConfig;
import com.google.genai.types.HttpOptions;
import com.google.genai.types.JobState;
import com.google.genai.types.ListBatchJobsConfig;
import com.google.genai.types.ListFilesConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Google's Java client takes the simulator for the service. */
@Timeout(60)
class GoogleJavaClientIT {
  private static final String MODEL = "gemini-2.5-flash";

  @TempDir Path data;
  private Simulator simulator;
  private WireClient wire;
  private Client google;

  @BeforeEach
  void start() throws IOException {
    simulator =
        Simulator.start(
            SimulatorSettings.in(data).withDelays(Duration.ofMillis(200), Duration.ofMillis(50)));
    wire = new WireClient(simulator);
    google = client("simulator");
  }

  private Client client(String key) {
    return Client.builder()
        .apiKey(key)
        .httpOptions(HttpOptions.builder().baseUrl(simulator.baseUrl().toString()).build())
        .build();
  }

  @AfterEach
  void stop() {
    google.close();
    simulator.close();
  }

  private BatchJob create(String displayName, String file) {
    return google.batches.create(
        MODEL,
        BatchJobSource.builder().fileName(file).build(),
        CreateBatchJobConfig.builder().displayName(displayName).build());
  }

  private BatchJob get(String name) {
    return google.batches.get(name, GetBatchJobConfig.builder().build());
  }

  private static JobState.Known state(BatchJob job) {
    return job.state().orElseThrow().knownEnum();
  }

  @Test
  void createsGetsListsAndCancels() {
    String file = wire.upload(line("a", "x"));
    BatchJob created = create("first", file);
    assertThat(created.displayName()).contains("first");
    assertThat(state(created)).isEqualTo(JobState.Known.JOB_STATE_PENDING);
    assertThat(created.createTime()).isPresent();

    BatchJob doomed = create("second", file);
    google.batches.cancel(doomed.name().orElseThrow(), CancelBatchJobConfig.builder().build());
    assertThat(state(get(doomed.name().orElseThrow())))
        .isEqualTo(JobState.Known.JOB_STATE_CANCELLED);

    String name = created.name().orElseThrow();
    BatchJob done =
        await().until(() -> get(name), job -> state(job) == JobState.Known.JOB_STATE_SUCCEEDED);
    assertThat(done.model()).contains("models/" + MODEL);
    assertThat(done.endTime()).isPresent();
    String result = done.dest().orElseThrow().fileName().orElseThrow();
    assertThat(wire.send("GET", "/v1beta/" + result + ":download?alt=media", "").body())
        .contains(PromptDigest.of("x"));

    List<String> listed = new ArrayList<>();
    google
        .batches
        .list(ListBatchJobsConfig.builder().pageSize(1).build())
        .forEach(job -> listed.add(job.displayName().orElseThrow()));
    assertThat(listed).containsExactly("second", "first");
  }

  @Test
  void listsFiles() {
    List<String> uploaded = List.of(wire.upload("abc"), wire.upload("de"), wire.upload("f"));
    List<File> listed = new ArrayList<>();
    google.files.list(ListFilesConfig.builder().pageSize(2).build()).forEach(listed::add);
    assertThat(listed)
        .extracting(file -> file.name().orElseThrow())
        .containsExactly(uploaded.get(2), uploaded.get(1), uploaded.get(0));
    assertThat(listed)
        .extracting(file -> file.sizeBytes().orElseThrow())
        .containsExactly(1L, 2L, 3L);
    assertThat(listed)
        .allSatisfy(
            file -> {
              assertThat(file.createTime()).isPresent();
              assertThat(file.state().orElseThrow().knownEnum()).isEqualTo(FileState.Known.ACTIVE);
            });
  }

  @Test
  void seesTheRefusalsItSeesFromTheService() {
    assertThatThrownBy(() -> create("d", "files/none"))
        .isInstanceOfSatisfying(ClientException.class, e -> assertThat(e.code()).isEqualTo(404));
    try (Client wrong = client("wrong")) {
      assertThatThrownBy(() -> wrong.batches.get("batches/x", GetBatchJobConfig.builder().build()))
          .isInstanceOfSatisfying(
              ClientException.class,
              e -> {
                assertThat(e.code()).isEqualTo(400);
                assertThat(e.status()).isEqualTo("INVALID_ARGUMENT");
              });
    }
  }
}
