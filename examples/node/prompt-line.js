/**
 * A line of JSON as `promptferry produce` takes it: the fields of PromptEvent, with `key` and `headers` beside them. Held
 * to the schema here, since the serializer drops a field that it does not know without a word, and the prompt is sent,
 * answered and paid for without it.
 */
export function promptLine(line, schema) {
  const { key = null, headers = {}, ...fields } = JSON.parse(line);
  if (key !== null && typeof key !== 'string') throw new Error('key must be a string');
  return { key, headers, event: convert(fields, schema, '') };
}

const JSON_TEXTS = ['responseJsonSchema', 'request'];

/** Times are ISO 8601 in a line and milliseconds in the event, bytes are Base64, JSON as text may be JSON. */
function convert(value, schema, name) {
  if (Array.isArray(schema)) return value === null ? null : convert(value, schema.find((type) => type !== 'null'), name);
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  switch (schema.logicalType ?? schema.type ?? schema) {
    case 'timestamp-millis':
      if (Number.isNaN(Date.parse(value))) throw new Error(`${name} must be a time such as 2026-01-31T12:00:00Z`);
      return Date.parse(value);
    case 'bytes':
      return Buffer.from(value, 'base64');
    case 'array':
      return Array.isArray(value) ? value.map((item) => convert(item, schema.items, name)) : value;
    case 'record': {
      if (!isObject) throw new Error(`${name || 'the line'} must be an object`);
      const types = new Map(schema.fields.map((field) => [field.name, field.type]));
      const unknown = Object.keys(value).find((field) => !types.has(field));
      if (unknown) throw new Error(`unknown field '${unknown}': a ${schema.name} has ${[...types.keys()].join(', ')}`);
      return Object.fromEntries(Object.entries(value).map(([field, it]) => [field, convert(it, types.get(field), field)]));
    }
    default: // the serializer sees to the rest
      return isObject && JSON_TEXTS.includes(name) ? JSON.stringify(value) : value;
  }
}
