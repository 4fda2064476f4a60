package io.promptferry.simulator;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the handler of a call, and sees to the API key where the handler wants one. */
final class Router {
  /** Answers a call; the groups are those of the path's pattern, from 0. */
  interface Handler {
    void handle(Call call, List<String> groups) throws IOException;
  }

  private record Route(String method, Pattern path, boolean keyed, Handler handler) {}

  private final List<Route> routes = new ArrayList<>();
  private final String apiKey;

  Router(String apiKey) {
    this.apiKey = apiKey;
  }

  void keyed(String method, String path, Handler handler) {
    routes.add(new Route(method, Pattern.compile(path), true, handler));
  }

  void open(String method, String path, Handler handler) {
    routes.add(new Route(method, Pattern.compile(path), false, handler));
  }

  void dispatch(Call call) throws IOException {
    for (Route route : routes) {
      Matcher matcher = route.path.matcher(call.path());
      if (route.method.equals(call.method()) && matcher.matches()) {
        if (route.keyed) {
          requireKey(call);
        }
        List<String> groups = new ArrayList<>();
        for (int i = 1; i <= matcher.groupCount(); i++) {
          groups.add(matcher.group(i));
        }
        route.handler.handle(call, groups);
        return;
      }
    }
    throw ApiError.notFound("There is no " + call.method() + " " + call.path() + " here.");
  }

  void requireKey(Call call) {
    String header = call.header("x-goog-api-key");
    if (!apiKey.equals(header == null ? call.query("key") : header)) {
      throw ApiError.apiKeyInvalid();
    }
  }
}
