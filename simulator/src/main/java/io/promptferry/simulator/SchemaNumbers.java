package io.promptferry.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** Numbers that fit a schema: the one nearest to zero from below the upper bound. */
final class SchemaNumbers {
  private SchemaNumbers() {}

  static JsonNode integer(JsonNode schema, int variant) {
    BigDecimal step = multipleOf(schema).setScale(0, RoundingMode.CEILING);
    return BigIntegerNode.valueOf(value(schema, step, variant).toBigInteger());
  }

  static JsonNode number(JsonNode schema, int variant) {
    BigDecimal value = value(schema, multipleOf(schema), variant);
    BigDecimal most = bound(schema, "maximum", "exclusiveMaximum");
    BigDecimal least = bound(schema, "minimum", "exclusiveMinimum");
    if (least != null && most != null && value.compareTo(most) >= 0 && !schema.has("multipleOf")) {
      // Between two bounds less than one apart.
      value =
          least.add(
              most.subtract(least).divide(BigDecimal.valueOf(2L + variant), MathContext.DECIMAL64));
    }
    return DecimalNode.valueOf(value);
  }

  private static BigDecimal value(JsonNode schema, BigDecimal step, int variant) {
    BigDecimal least = bound(schema, "minimum", "exclusiveMinimum");
    BigDecimal most = bound(schema, "maximum", "exclusiveMaximum");
    BigDecimal value;
    if (least != null) {
      value = step.multiply(least.divide(step, 0, RoundingMode.CEILING));
      if (exclusive(schema, "exclusiveMinimum") && value.compareTo(least) == 0) {
        value = value.add(step);
      }
    } else if (most != null && most.signum() <= 0) {
      value = step.multiply(most.divide(step, 0, RoundingMode.FLOOR));
      if (exclusive(schema, "exclusiveMaximum") && value.compareTo(most) == 0) {
        value = value.subtract(step);
      }
      return value.subtract(step.multiply(BigDecimal.valueOf(variant)));
    } else {
      value = BigDecimal.ZERO;
    }
    return value.add(step.multiply(BigDecimal.valueOf(variant)));
  }

  private static BigDecimal multipleOf(JsonNode schema) {
    BigDecimal step = schema.path("multipleOf").decimalValue();
    return step.signum() > 0 ? step : BigDecimal.ONE;
  }

  /** Older JSON Schema has the exclusive bound as a flag beside the bound. */
  private static boolean exclusive(JsonNode schema, String keyword) {
    return schema.path(keyword).isNumber() || schema.path(keyword).asBoolean(false);
  }

  private static @Nullable BigDecimal bound(JsonNode schema, String keyword, String exclusive) {
    JsonNode bound =
        schema.path(exclusive).isNumber() ? schema.get(exclusive) : schema.get(keyword);
    return bound != null && bound.isNumber() ? bound.decimalValue() : null;
  }
}
