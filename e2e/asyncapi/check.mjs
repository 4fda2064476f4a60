// Ends with 1 where docs/asyncapi.yaml is not valid AsyncAPI, by the specification's own schema and rules, its Avro
// schemas included. AsyncApiTest compares what it says with the code.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AvroSchemaParser } from '@asyncapi/avro-schema-parser';
import { Parser } from '@asyncapi/parser';

const source = fileURLToPath(new URL('../../docs/asyncapi.yaml', import.meta.url));
const text = readFileSync(source, 'utf8');
const parser = new Parser({ schemaParsers: [AvroSchemaParser()] });

async function problems(document) {
  const { diagnostics } = await parser.parse(document, { source });
  const ERROR = 0;
  const WARNING = 1;
  return diagnostics
    .filter(({ severity }) => severity === ERROR || severity === WARNING)
    .map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const found = await problems(text);
found.forEach((problem) => console.error(`docs/asyncapi.yaml: ${problem}`));

// A check that takes everything would be silent as well.
const wrong = [
  [/action: receive/, 'action: take'],
  [/partitions: 1/, 'partitions: none'],
  [/#\/channels\/responses'/, "#/channels/elsewhere'"],
  [/PromptEvent\.avsc/, '../../../pom.xml'],
  [/PromptEvent\.avsc/, 'Prompt.avsc'],
];
for (const [good, bad] of wrong) {
  const changed = text.replace(good, bad);
  if (changed === text || (await problems(changed)).length === 0) {
    found.push(bad);
    console.error(`the check does not notice ${bad}`);
  }
}
if (found.length > 0) process.exitCode = 1;
else console.log('docs/asyncapi.yaml is valid AsyncAPI');
