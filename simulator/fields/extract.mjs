// Writes the resource that the simulator validates batch lines with: for each message that
// GenerateContentRequest reaches, the names a JSON field may have and its type.
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
const target = join(here, '../src/main/resources/io/promptferry/simulator/fields.json');

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
  return name;
}

visit([...scope, 'GenerateContentRequest'], at([...scope, 'GenerateContentRequest']));

const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
const lines = Object.entries(sorted(messages))
  .map(([name, fields]) => `    ${JSON.stringify(name)}: ${JSON.stringify(sorted(fields))}`);
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, `{
  "source": "npm @google-ai/generativelanguage ${version}, build/protos/protos.json, ${scope.join('.')}",
  "root": "GenerateContentRequest",
  "messages": {
${lines.join(',\n')}
  }
}
`);
console.log(`${lines.length} messages of ${version} written`);
