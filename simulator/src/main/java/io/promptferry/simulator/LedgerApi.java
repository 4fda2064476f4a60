package io.promptferry.simulator;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/** What the service does not have: a look into the books, and a sign of life. No key is asked. */
final class LedgerApi {
  private final Ledger ledger;

  LedgerApi(Ledger ledger) {
    this.ledger = ledger;
  }

  void routes(Router router) {
    router.open("GET", "/simulator/ledger", this::ledger);
    router.open(
        "GET",
        "/simulator/health",
        (call, groups) -> call.reply().json(Json.object().put("status", "UP")));
  }

  private void ledger(Call call, List<String> groups) throws IOException {
    try (JsonGenerator json = Json.MAPPER.getFactory().createGenerator(call.reply().streaming())) {
      ledger.writeTo(json);
    }
  }
}
