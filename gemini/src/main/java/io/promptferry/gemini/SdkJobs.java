package io.promptferry.gemini;

import com.google.genai.Client;
import com.google.genai.errors.ApiException;
import com.google.genai.errors.GenAiIOException;
import com.google.genai.types.BatchJob;
import com.google.genai.types.BatchJobSource;
import com.google.genai.types.ClientOptions;
import com.google.genai.types.CreateBatchJobConfig;
import com.google.genai.types.HttpOptions;
import com.google.genai.types.HttpRetryOptions;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Creates jobs through the Google GenAI SDK, which knows the request's shape. The one call that
 * goes through it: it swallows a cancel's errors, drops fields of a job read, and holds files whole
 * in memory.
 */
final class SdkJobs implements AutoCloseable {

  private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]*(/[\\w.@-]+)*");

  private final GeminiHttp http;
  private final Client sdk;

  SdkJobs(GeminiSettings settings, GeminiHttp http) {
    this.http = http;
    this.sdk =
        Client.builder()
            // All three given, since the SDK asks the environment for what is not.
            .apiKey(settings.trimmedKey())
            .enterprise(false)
            .httpOptions(
                HttpOptions.builder()
                    .baseUrl(settings.trimmedUrl())
                    .retryOptions(singleAttempt())
                    .build())
            .clientOptions(ClientOptions.builder().customHttpClient(http.once()).build())
            .build();
  }

  /** One attempt, and no status to retry on: the SDK sleeps for a second after the last attempt. */
  private static HttpRetryOptions singleAttempt() {
    return HttpRetryOptions.builder().attempts(1).httpStatusCodes(List.of()).build();
  }

  RemoteJob create(String model, String fileName, String displayName) {
    if (!MODEL.matcher(model).matches() || model.contains("..")) {
      throw ProviderException.refused("no model can be named '" + model + "', nothing was sent");
    }
    BatchJobSource source = BatchJobSource.builder().fileName(fileName).build();
    CreateBatchJobConfig config = CreateBatchJobConfig.builder().displayName(displayName).build();
    try {
      return remoteJob(sdk.batches.create(model, source, config), fileName, displayName);
    } catch (ProviderException e) {
      throw e;
    } catch (ApiException e) {
      throw fromSdk(e);
    } catch (RuntimeException e) {
      // GenAiIOException, and whatever else may go wrong once the request is on its way.
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw ProviderException.unknown("creating the job: " + GeminiHttp.oneLine(cause), e);
    }
  }

  private static RemoteJob remoteJob(BatchJob job, String fileName, String displayName) {
    return new RemoteJob(
        job.name().orElseThrow(() -> new GenAiIOException("the reply names no job")),
        job.displayName().orElse(displayName),
        Operation.model(job.model().orElse("")),
        Operation.state(job.state().map(Object::toString).orElse("")),
        fileName,
        null,
        null,
        null,
        job.createTime().orElse(null),
        job.endTime().orElse(null));
  }

  /** Does not come as long as {@link ErrorReplies} stands before the SDK. */
  private ProviderException fromSdk(ApiException e) {
    return http.failure(
        new ErrorReply(
            "creating the job",
            e.code(),
            Optional.ofNullable(e.status()).orElse(""),
            Optional.ofNullable(e.message()).orElse(""),
            "",
            null));
  }

  @Override
  public void close() {
    sdk.close();
  }
}
