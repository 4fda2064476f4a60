package io.promptferry.gemini;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * Turns every reply that is not a 2xx into a {@link ProviderException}, for our own calls and for
 * the SDK's alike: the SDK's exceptions no longer know the headers, {@code Retry-After} among them.
 */
final class ErrorReplies implements Interceptor {

  /** Far more than an error of the API takes, far less than what a lost proxy may send. */
  private static final long MAX_BODY = 64 * 1024;

  private final String apiKey;

  ErrorReplies(String apiKey) {
    this.apiKey = apiKey;
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    if (response.isSuccessful()) {
      return response;
    }
    try (response) {
      throw ErrorReply.of(response, body(response)).toException(apiKey);
    }
  }

  private static String body(Response response) {
    try {
      return response.peekBody(MAX_BODY).string();
    } catch (IOException e) {
      return ""; // The status code stands, whatever became of its explanation.
    }
  }
}
