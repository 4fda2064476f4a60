package io.promptferry.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which JSON values protobuf takes for a scalar (its "ProtoJSON format"). Names of enums pass
 * unchecked: new ones come more often than this table does.
 */
final class ScalarTypes {

  private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,20}");
  private static final Pattern NUMBER =
      Pattern.compile("-?[0-9]{1,50}(\\.[0-9]{1,50})?([eE][+-]?[0-9]{1,5})?");
  private static final Set<String> NO_NUMBERS = Set.of("NaN", "Infinity", "-Infinity");
  private static final Pattern BASE64 = Pattern.compile("([A-Za-z0-9+/_-]*)={0,2}");
  private static final Pattern DURATION = Pattern.compile("-?[0-9]{1,12}(\\.[0-9]{1,9})?s");

  private static final BigDecimal LARGEST_FLOAT = new BigDecimal(Float.MAX_VALUE);
  private static final BigDecimal LARGEST_DOUBLE = new BigDecimal(Double.MAX_VALUE);

  private ScalarTypes() {}

  static boolean fits(String type, JsonNode value) {
    return switch (type) {
      case "google.protobuf.Value" -> true;
      case "google.protobuf.Struct" -> value.isObject();
      case "google.protobuf.ListValue" -> value.isArray();
      case "google.protobuf.Duration" -> value.isTextual() && matches(DURATION, value);
      case "google.protobuf.Timestamp" -> value.isTextual() && isTime(value.textValue());
      case "bool" -> value.isBoolean();
      case "enum" -> value.isTextual() || value.isIntegralNumber();
      case "bytes" -> value.isTextual() && isBase64(value.textValue());
      case "int32" -> isInteger(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case "int64" -> isInteger(value, Long.MIN_VALUE, Long.MAX_VALUE);
      case "float" -> isNumber(value, LARGEST_FLOAT);
      case "double" -> isNumber(value, LARGEST_DOUBLE);
      default -> value.isTextual();
    };
  }

  private static boolean isInteger(JsonNode value, long least, long most) {
    if (!value.isNumber() && !(value.isTextual() && matches(INTEGER, value))) {
      return false;
    }
    BigDecimal number = decimal(value);
    return number.stripTrailingZeros().scale() <= 0
        && number.compareTo(BigDecimal.valueOf(least)) >= 0
        && number.compareTo(BigDecimal.valueOf(most)) <= 0;
  }

  private static boolean isNumber(JsonNode value, BigDecimal largest) {
    if (value.isTextual() && NO_NUMBERS.contains(value.textValue())) {
      return true;
    }
    return (value.isNumber() || (value.isTextual() && matches(NUMBER, value)))
        && decimal(value).abs().compareTo(largest) <= 0;
  }

  private static BigDecimal decimal(JsonNode value) {
    return value.isTextual() ? new BigDecimal(value.textValue()) : value.decimalValue();
  }

  private static boolean isBase64(String text) {
    var matcher = BASE64.matcher(text);
    return matcher.matches() && (matcher.end(1) & 3) != 1;
  }

  private static boolean isTime(String text) {
    try {
      OffsetDateTime.parse(text);
      return true;
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  private static boolean matches(Pattern pattern, JsonNode value) {
    return pattern.matcher(value.textValue()).matches();
  }
}
