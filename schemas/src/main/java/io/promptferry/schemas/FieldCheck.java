package io.promptferry.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptferry.schemas.RequestFields.FieldType;
import io.promptferry.schemas.RequestFields.Shape;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds a request against the API's fields, as a parser of protobuf's JSON would: names in
 * camelCase or snake_case, kinds of values, lists and single ones. What it would refuse fails a
 * whole job at the provider, the good prompts with the bad one.
 */
final class FieldCheck {

  private static final int NAME_LENGTH = 40;
  private static final int PATH_LENGTH = 110;
  private static final Pattern SNAKE = Pattern.compile("_([a-z])");

  private final RequestFields fields = RequestFields.PUBLISHED;

  private FieldCheck() {}

  /** The first flaw, a sentence that begins with its path; holds names of fields and no values. */
  static Optional<String> flaw(JsonNode request) {
    return Optional.ofNullable(new FieldCheck().message(RequestFields.ROOT, request, "request"));
  }

  private @Nullable String message(String type, JsonNode message, String path) {
    if (!message.isObject()) {
      return told(path, "must be an object");
    }
    Map<String, FieldType> known = fields.of(type);
    var set = new HashSet<String>();
    for (var field : message.properties()) {
      String name = field.getKey();
      String place = path + '.' + printable(name);
      FieldType kind = known.get(name);
      if (kind == null) {
        return told(place, "is no field that the API has");
      }
      if (field.getValue().isNull()) {
        continue;
      }
      if (!set.add(camelCase(name))) {
        return told(place, "is set twice, in camelCase and in snake_case");
      }
      String flaw = value(kind, field.getValue(), place);
      if (flaw != null) {
        return flaw;
      }
    }
    return tooMany(type, set, path);
  }

  private @Nullable String tooMany(String type, Set<String> set, String path) {
    for (Set<String> choice : fields.choices(type)) {
      if (choice.stream().filter(set::contains).count() > 1) {
        return told(path, "sets fields of which only one may be set");
      }
    }
    return null;
  }

  private @Nullable String value(FieldType kind, JsonNode value, String path) {
    if (kind.shape() == Shape.ONE) {
      return single(kind.type(), value, path);
    }
    return kind.shape() == Shape.LIST
        ? list(kind.type(), value, path)
        : map(kind.type(), value, path);
  }

  private @Nullable String list(String type, JsonNode list, String path) {
    if (!list.isArray()) {
      return told(path, "must be a list");
    }
    for (int i = 0; i < list.size(); i++) {
      String flaw = single(type, list.get(i), path + '[' + i + ']');
      if (flaw != null) {
        return flaw;
      }
    }
    return null;
  }

  private @Nullable String map(String type, JsonNode map, String path) {
    if (!map.isObject()) {
      return told(path, "must be an object");
    }
    for (var entry : map.properties()) {
      String flaw = single(type, entry.getValue(), path + '.' + printable(entry.getKey()));
      if (flaw != null) {
        return flaw;
      }
    }
    return null;
  }

  private @Nullable String single(String type, JsonNode value, String path) {
    if (fields.isMessage(type)) {
      return message(type, value, path);
    }
    return ScalarTypes.fits(type, value)
        ? null
        : told(path, "must be of type " + type.substring(type.lastIndexOf('.') + 1));
  }

  /** The end of a long path says more than its beginning. */
  private static String told(String path, String what) {
    String shown =
        path.length() <= PATH_LENGTH ? path : "…" + path.substring(path.length() - PATH_LENGTH);
    return shown + ' ' + what;
  }

  private static String printable(String name) {
    String shown = name.length() <= NAME_LENGTH ? name : name.substring(0, NAME_LENGTH) + "…";
    return shown.replaceAll("[^A-Za-z0-9_$-]", "?");
  }

  private static String camelCase(String name) {
    return SNAKE.matcher(name).replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
  }
}
