package io.promptferry.local.command;

import io.promptferry.local.rows.Template;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a text with columns in it. */
final class TemplateConverter implements ITypeConverter<Template> {

  @Override
  public Template convert(String text) {
    try {
      return Template.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
