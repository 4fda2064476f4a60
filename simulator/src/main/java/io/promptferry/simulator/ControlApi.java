package io.promptferry.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptferry.simulator.faults.FaultReader;
import io.promptferry.simulator.faults.Faults;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a test sets while the simulator runs: faults, quotas and keys. No key is asked. */
final class ControlApi {
  private final Faults faults;
  private final QuotaGate quotas;
  private final Keys keys;

  ControlApi(Faults faults, QuotaGate quotas, Keys keys) {
    this.faults = faults;
    this.quotas = quotas;
    this.keys = keys;
  }

  void routes(Router router) {
    router.open("PUT", "/simulator/faults", this::arm);
    router.open("GET", "/simulator/faults", (call, groups) -> call.reply().json(faults.json()));
    router.open("DELETE", "/simulator/faults", this::disarm);
    router.open("PUT", "/simulator/quotas", this::quotas);
    router.open(
        "GET", "/simulator/quotas", (call, groups) -> call.reply().json(quotas.quotas().json()));
    router.open("PUT", "/simulator/keys", this::keys);
  }

  private void arm(Call call, List<String> groups) throws IOException {
    try {
      faults.replace(FaultReader.read(call.tree()));
    } catch (IllegalArgumentException e) {
      throw ApiError.invalid(String.valueOf(e.getMessage()));
    }
    call.reply().json(faults.json());
  }

  private void disarm(Call call, List<String> groups) throws IOException {
    faults.replace(List.of());
    call.reply().json(faults.json());
  }

  private void quotas(Call call, List<String> groups) throws IOException {
    quotas.replace(quotas.quotas().with(call.json()));
    call.reply().json(quotas.quotas().json());
  }

  private void keys(Call call, List<String> groups) throws IOException {
    JsonNode body = call.json();
    Call.allowOnly(body, "", Set.of("keys"));
    List<String> valid = new ArrayList<>();
    for (JsonNode key : body.path("keys")) {
      valid.add(key.asText());
    }
    if (!body.path("keys").isArray() || valid.stream().anyMatch(String::isBlank)) {
      throw ApiError.invalid("keys must be a list of keys, none of them blank; [] revokes all.");
    }
    keys.replace(valid);
    call.reply().json(Json.object().put("keys", valid.size()));
  }
}
