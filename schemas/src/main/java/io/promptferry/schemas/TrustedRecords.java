package io.promptferry.schemas;

import io.promptferry.records.PromptEvent;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Tells Avro that it may make the records of this module. Since 1.12.2 (AVRO-4189) it makes no
 * class that it was not told to trust, generated ones included, and even a builder fails. A system
 * property would do as well, but every program that embeds these records would have to set it.
 *
 * <p>A factory of logical types, though it makes none, because Avro loads these as services before
 * it reads the first schema: the one moment that comes before every use of a record.
 */
public final class TrustedRecords implements LogicalTypes.LogicalTypeFactory {

  /** Called by Avro alone, through {@link java.util.ServiceLoader}. */
  public TrustedRecords() {
    String records = PromptEvent.class.getPackageName() + ".";
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(
            ClassSecurityValidator.getGlobal(), type -> type.getName().startsWith(records)));
  }

  @Override
  public String getTypeName() {
    return "promptferry-none";
  }

  @Override
  public LogicalType fromSchema(Schema schema) {
    throw new IllegalStateException("there is no such logical type");
  }
}
