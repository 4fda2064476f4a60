package io.promptferry.simulator.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads faults as strictly as a typing error in a test deserves. */
public final class FaultReader {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** A fault on the wire, but for its {@code what}, which depends on the call. */
  private record Form(
      @Nullable String call,
      @Nullable JsonNode what,
      @Nullable Long times,
      @Nullable Long skip,
      @Nullable Double probability,
      @Nullable Long seed,
      @Nullable String match) {}

  private FaultReader() {}

  /**
   * Reads a list.
   *
   * @throws IllegalArgumentException one line that names the fault and says what is wrong with it
   */
  public static List<Fault> read(JsonNode list) {
    if (!list.isArray()) {
      throw new IllegalArgumentException("faults must be a list, [] for none");
    }
    List<Fault> faults = new ArrayList<>();
    for (JsonNode one : list) {
      try {
        faults.add(fault(one));
      } catch (UnrecognizedPropertyException e) {
        throw refusal(
            faults.size(),
            "no field '" + e.getPropertyName() + "', but " + e.getKnownPropertyIds(),
            e);
      } catch (JsonProcessingException e) {
        throw refusal(faults.size(), e.getOriginalMessage().replaceAll("\\s+", " "), e);
      } catch (IllegalArgumentException e) {
        throw refusal(faults.size(), String.valueOf(e.getMessage()), e);
      }
    }
    return faults;
  }

  private static IllegalArgumentException refusal(int index, String why, Exception cause) {
    return new IllegalArgumentException("fault " + index + ": " + why, cause);
  }

  private static Fault fault(JsonNode json) throws JsonProcessingException {
    Form form = MAPPER.treeToValue(json, Form.class);
    if (form.call == null || form.what == null || !form.what.isObject()) {
      throw new IllegalArgumentException("a fault needs a call and an object what");
    }
    Point point = Point.of(form.call);
    Effect effect = MAPPER.treeToValue(form.what, point.effect());
    effect.check(point);
    double probability = form.probability == null ? 1 : form.probability;
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("probability must be 0 to 1, not " + probability);
    }
    long skip = form.skip == null ? 0 : form.skip;
    if (skip < 0 || (form.times != null && form.times < 0)) {
      throw new IllegalArgumentException("times and skip must not be negative");
    }
    return new Fault(
        point,
        form.what,
        effect,
        form.times,
        skip,
        probability,
        form.seed == null ? 1 : form.seed,
        form.match == null ? "" : form.match);
  }
}
