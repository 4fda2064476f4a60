package io.promptferry.gemini;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * The HTTP calls of the adapter: two clients over one connection pool. {@link #once} sends each
 * request once and follows nothing; the SDK is given it as well. The other one is for GETs, which
 * may be sent again on a dead pooled connection and be redirected.
 */
final class GeminiHttp implements AutoCloseable {

  private static final String KEY_HEADER = "x-goog-api-key";
  private static final int IDLE_CONNECTIONS = 5;

  private final HttpUrl base;
  private final String apiKey;
  private final Duration callTimeout;
  private final OkHttpClient once;
  private final OkHttpClient reads;
  private volatile boolean closed;

  GeminiHttp(GeminiSettings settings) {
    this.base = HttpUrl.get(settings.trimmedUrl());
    this.apiKey = settings.trimmedKey();
    this.callTimeout = settings.callTimeout();
    this.once =
        new OkHttpClient.Builder()
            .connectTimeout(settings.connectTimeout())
            .readTimeout(callTimeout)
            .writeTimeout(callTimeout)
            .callTimeout(callTimeout)
            .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, 1, TimeUnit.MINUTES))
            .retryOnConnectionFailure(false)
            .followRedirects(false)
            .followSslRedirects(false)
            .addInterceptor(this::refuseWhenClosed)
            .addInterceptor(new ErrorReplies(apiKey))
            .addInterceptor(new SentOnce())
            .addNetworkInterceptor(this::withholdKeyFromOthers)
            .build();
    this.reads = once.newBuilder().retryOnConnectionFailure(true).followRedirects(true).build();
  }

  /** The client that sends every request at most once. */
  OkHttpClient once() {
    return once;
  }

  /** The address of a resource such as {@code batches/x}. */
  HttpUrl.Builder resource(String name) {
    return base.newBuilder().addPathSegments("v1beta/" + name);
  }

  HttpUrl uploads() {
    return base.newBuilder().addPathSegments("upload/v1beta/files").build();
  }

  /** An address the API handed out, on the configured base: behind a gateway its own is no use. */
  HttpUrl onBase(HttpUrl url) {
    String prefix = base.encodedPath().equals("/") ? "" : base.encodedPath();
    String path = url.encodedPath();
    return base.newBuilder()
        .encodedPath(path.startsWith(prefix + "/") ? path : prefix + path)
        .encodedQuery(url.encodedQuery())
        .build();
  }

  <T> T get(HttpUrl url, Class<T> type) {
    Request request = request(url).build();
    try (Response response = send(reads, request, callTimeout)) {
      return parse(response, type);
    }
  }

  /** A GET whose body the caller streams, within the timeout, and closes. */
  Response open(Request request, Duration timeout) {
    return send(reads, request, timeout);
  }

  void delete(HttpUrl url) {
    send(once, request(url).delete().build(), callTimeout).close();
  }

  void post(HttpUrl url, RequestBody body) {
    post(request(url).post(body).build(), callTimeout).close();
  }

  Response post(Request request, Duration timeout) {
    return send(once, request, timeout);
  }

  Request.Builder request(HttpUrl url) {
    return new Request.Builder().url(url).header(KEY_HEADER, apiKey);
  }

  <T> T parse(Response response, Class<T> type) {
    String call = describe(response.request());
    try {
      T value = Json.MAPPER.readValue(response.body().byteStream(), type);
      if (value != null) {
        return value;
      }
    } catch (IOException e) {
      throw ProviderException.unknown(call + ": unreadable reply: " + oneLine(e), e);
    }
    throw ProviderException.unknown(call + ": unreadable reply: null", null);
  }

  /** An error found elsewhere than in a reply's status, with the key kept out of its words. */
  ProviderException failure(ErrorReply error) {
    return error.toException(apiKey);
  }

  @Override
  public void close() {
    closed = true;
    once.dispatcher().cancelAll();
    once.dispatcher().executorService().shutdown();
    once.connectionPool().evictAll();
  }

  private static Response send(OkHttpClient client, Request request, Duration timeout) {
    Call call = client.newCall(request);
    call.timeout().timeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return call.execute();
    } catch (IOException e) {
      throw ProviderException.unknown(describe(request) + ": " + oneLine(e), e);
    }
  }

  /**
   * OkHttp goes on serving after its end, so that an upload would go on where {@link #close} broke
   * it off. It knows of a call before it comes here: one that is let through is broken off.
   */
  private Response refuseWhenClosed(Interceptor.Chain chain) throws IOException {
    if (closed) {
      throw new IOException("the provider is closed");
    }
    return chain.proceed(chain.request());
  }

  /** OkHttp drops only its own kinds of credentials when a redirect leads to another host. */
  private Response withholdKeyFromOthers(Interceptor.Chain chain) throws IOException {
    HttpUrl url = chain.request().url();
    boolean ours = url.host().equals(base.host()) && url.port() == base.port();
    return chain.proceed(
        ours ? chain.request() : chain.request().newBuilder().removeHeader(KEY_HEADER).build());
  }

  private static String describe(Request request) {
    return request.method() + " " + request.url().encodedPath();
  }

  static String oneLine(Throwable e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return message.lines().findFirst().orElse("");
  }
}
