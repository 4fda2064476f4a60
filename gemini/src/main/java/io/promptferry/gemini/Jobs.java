package io.promptferry.gemini;

import io.promptferry.gemini.ProviderException.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.RequestBody;

/** Reads and cancels jobs over the wire. */
final class Jobs {

  /** With the usual page size a million jobs: past it something is wrong with the list. */
  private static final int MAX_PAGES = 10_000;

  private final GeminiHttp http;
  private final int pageSize;

  Jobs(GeminiHttp http, int pageSize) {
    this.http = http;
    this.pageSize = pageSize;
  }

  /** The API's {@code filter} is refused, so all pages are read and compared here. */
  List<RemoteJob> find(String displayName) {
    Map<String, RemoteJob> found = new LinkedHashMap<>(); // A job may move between two pages.
    String token = "";
    for (int read = 0; read < MAX_PAGES; read++) {
      JobPage page = list(token);
      page.jobs().stream()
          .filter(job -> job.displayName().equals(displayName))
          .forEach(job -> found.put(job.name(), job));
      if (page.last()) {
        return List.copyOf(found.values());
      }
      token = page.next();
    }
    throw ProviderException.unknown(
        "GET batches: more than " + MAX_PAGES + " pages, raise " + GeminiSettings.LIST_PAGE_SIZE,
        null);
  }

  JobPage list(String token) {
    Operation.Page page = http.get(pageAt(token), Operation.Page.class);
    String next = Objects.requireNonNullElse(page.nextPageToken(), "");
    if (!next.isEmpty() && next.equals(token)) {
      throw ProviderException.unknown("GET batches: the list repeats a page, ask again", null);
    }
    List<Operation> operations = Objects.requireNonNullElse(page.operations(), List.of());
    return new JobPage(operations.stream().map(Operation::toJob).toList(), next);
  }

  Optional<RemoteJob> get(String name) {
    try {
      return Optional.of(http.get(resource(name, ""), Operation.class).toJob());
    } catch (ProviderException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** A POST of our own: the SDK's cancel never looks at the reply, a 404 passes for success. */
  void cancel(String name) {
    try {
      http.post(
          resource(name, ":cancel"), RequestBody.create("{}", MediaType.get("application/json")));
    } catch (ProviderException e) {
      if (e.kind() != Kind.REFUSED || !stopping(name)) {
        throw e;
      }
    }
  }

  private boolean stopping(String name) {
    return get(name).filter(j -> j.terminal() || j.state().equals("CANCELLING")).isPresent();
  }

  private HttpUrl pageAt(String token) {
    HttpUrl.Builder url =
        http.resource("batches").addQueryParameter("pageSize", Integer.toString(pageSize));
    return (token.isEmpty() ? url : url.addQueryParameter("pageToken", token)).build();
  }

  private HttpUrl resource(String name, String verb) {
    if (!name.matches("batches/[A-Za-z0-9_-]+")) {
      throw new IllegalArgumentException("not the name of a job, batches/…: " + name);
    }
    return http.resource(name + verb).build();
  }
}
