package io.promptferry.simulator;

import io.promptferry.simulator.faults.Point;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the handler of a call. One of the service's own calls is asked for its key, and then passes
 * the gate where faults happen.
 */
final class Router {
  /** Answers a call; the groups are those of the path's pattern, from 0. */
  interface Handler {
    void handle(Call call, List<String> groups) throws IOException;
  }

  /** Tells the names that a fault may ask for. */
  interface Subject {
    String of(Call call, List<String> groups) throws IOException;
  }

  private record Route(String method, Pattern path, Handler handler) {}

  private final List<Route> routes = new ArrayList<>();
  private final Keys keys;
  private final FaultGate gate;

  Router(Keys keys, FaultGate gate) {
    this.keys = keys;
    this.gate = gate;
  }

  void keyed(Point point, String method, String path, Subject subject, Handler handler) {
    open(
        method,
        path,
        (call, groups) -> {
          requireKey(call);
          gate.pass(point, subject.of(call, groups), call, () -> handler.handle(call, groups));
        });
  }

  void open(String method, String path, Handler handler) {
    routes.add(new Route(method, Pattern.compile(path), handler));
  }

  void dispatch(Call call) throws IOException {
    for (Route route : routes) {
      Matcher matcher = route.path.matcher(call.path());
      if (route.method.equals(call.method()) && matcher.matches()) {
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

  /** Lets the call into the project of its key. */
  void requireKey(Call call) {
    String header = call.header("x-goog-api-key");
    call.enter(keys.projectOf(header == null ? call.query("key") : header));
  }
}
