// Writes the resources that the simulator validates batch lines with, and PromptValidation the
// requests of callers: for each message that GenerateContentRequest reaches, the names a JSON field
// may have and its type. The one for callers has the simulator's supplement merged into it, and
// says which fields exclude each other.
//
//   npm ci --ignore-scripts && npm run extract
//
// Types: a scalar's protobuf name, "enum", a message's name, "google.protobuf.*"; "[T]" is a
// repeated field, "{T}" a map. Protobuf's JSON takes a field under its json_name and under its
// name in the .proto file, so both are listed. (The two differ by more than case for
// responseJsonSchema, whose json_name stands on a field called response_json_schema_ordered.)
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const pkg = join(here, 'node_modules/@google-ai/generativelanguage');
const version = JSON.parse(readFileSync(join(pkg, 'package.json'))).version;
const root = JSON.parse(readFileSync(join(pkg, 'build/protos/protos.json')));
const scope = ['google', 'ai', 'generativelanguage', 'v1beta'];
const resources = join(here, '../src/main/resources/io/promptferry/simulator');
const forCallers = join(here, '../../schemas/src/main/resources/io/promptferry/schemas');

const at = (path) => path.reduce((node, name) => node?.nested?.[name], root);

/** Protobuf's scoping: the innermost enclosing scope that has the name wins. */
function resolve(type, from) {
  const parts = type.split('.');
  for (let depth = from.length; depth >= 0; depth--) {
    const path = [...from.slice(0, depth), ...parts];
    const node = at(path);
    if (node) return { path, node };
  }
  throw new Error(`${type}, used in ${from.join('.')}, is not defined in the package`);
}

const scalars = new Set(['string', 'bytes', 'bool', 'double', 'float', 'int32', 'int64', 'uint32',
  'uint64', 'sint32', 'sint64', 'fixed32', 'fixed64', 'sfixed32', 'sfixed64']);
const messages = {};
const oneofs = {};

function typeName(type, from) {
  if (scalars.has(type)) return type;
  const { path, node } = resolve(type, from);
  if (node.values) return 'enum';
  return path.join('.').startsWith('google.protobuf.') ? path.join('.') : visit(path, node);
}

function visit(path, node) {
  const own = path.slice(0, scope.length).join() === scope.join();
  const name = path.slice(own ? scope.length : 0).join('.');
  if (messages[name]) return name;
  const fields = (messages[name] = {});
  for (const [camel, field] of Object.entries(node.fields ?? {})) {
    const plain = typeName(field.type, path);
    const type = field.keyType ? `{${plain}}` : field.rule === 'repeated' ? `[${plain}]` : plain;
    fields[field.options?.json_name ?? camel] = type;
    fields[camel.replace(/[A-Z]/g, (c) => '_' + c.toLowerCase())] = type;
  }
  // One of a single field is how the definitions say "optional".
  const choices = Object.values(node.oneofs ?? {}).map((choice) => choice.oneof);
  const real = choices.filter((choice) => choice.length > 1);
  if (real.length) oneofs[name] = real;
  return name;
}

visit([...scope, 'GenerateContentRequest'], at([...scope, 'GenerateContentRequest']));

const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
const rows = (object) => Object.entries(sorted(object))
  .map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(',\n');
const sortedFields = (from) =>
  Object.fromEntries(Object.entries(from).map(([name, fields]) => [name, sorted(fields)]));
const source = `npm @google-ai/generativelanguage ${version}, build/protos/protos.json, ${scope.join('.')}`;

function write(folder, name, text) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
}

write(resources, 'fields.json', `{
  "source": "${source}",
  "root": "GenerateContentRequest",
  "messages": {
${rows(sortedFields(messages))}
  }
}
`);

const supplement = JSON.parse(readFileSync(join(resources, 'fields-supplement.json')));
const merged = { ...messages };
for (const [name, fields] of Object.entries(supplement.messages)) {
  merged[name] = { ...merged[name], ...fields };
}
write(forCallers, 'request-fields.json', `{
  "source": "${source}; ${supplement.source}",
  "generator": "simulator/fields/extract.mjs",
  "messages": {
${rows(sortedFields(merged))}
  },
  "oneofs": {
${rows(oneofs)}
  }
}
`);
console.log(`${Object.keys(messages).length} messages of ${version} written`);
