package io.promptferry.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptferry.simulator.faults.Point;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** {@code models/…:generateContent}: one request, answered at once as a line of a job would be. */
final class GenerateApi {
  private final LineValidator validator = new LineValidator();
  private final NamedFiles files;
  private final Ledger ledger;

  GenerateApi(NamedFiles files, Ledger ledger) {
    this.files = files;
    this.ledger = ledger;
  }

  void routes(Router router) {
    router.keyed(
        Point.GENERATE,
        "POST",
        "/v1beta/models/([^/:]+):generateContent",
        (call, groups) -> "models/" + groups.get(0),
        this::generate);
  }

  private void generate(Call call, List<String> groups) throws IOException {
    JsonNode request = call.json();
    try {
      validator.checkRequest(request);
    } catch (InvalidFile e) {
      throw ApiError.invalid("Invalid JSON payload received. " + e.getMessage());
    }
    if (request.path("contents").isEmpty()) {
      throw ApiError.invalid(Answers.NO_CONTENTS);
    }
    Optional<String> refusal = files.refusal(call.project(), request);
    if (refusal.isPresent()) {
      throw ApiError.denied(refusal.get());
    }
    String model = "models/" + groups.get(0);
    JsonNode response = Answers.response(model, Ids.random(8), request);
    ledger.generated(model, PromptDigest.of(PromptDigest.textOf(request)));
    call.reply().json(response);
  }
}
