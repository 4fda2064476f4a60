package io.promptferry.local.command;

import io.promptferry.local.dlq.Coordinates;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the coordinates of a prompt. */
final class CoordinatesConverter implements ITypeConverter<Coordinates> {
  @Override
  public Coordinates convert(String text) {
    return Coordinates.parse(text)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'%s' is not <topic>-<partition>-<offset>, as in prompts-0-17"
                        .formatted(text)));
  }
}
