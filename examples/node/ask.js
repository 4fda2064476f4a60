// Publishes the prompts of a JSONL file and prints their answers as they come. README.md says how to run it.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import schemaregistry from '@confluentinc/schemaregistry';
import kafkajs from 'kafkajs';
import { READING, SHARED, addresses, answerReader, kafkaAt, registryAt } from './clients.js';
import { promptLine } from './prompt-line.js';
import { responseTopic } from './topic-names.js';

const { values: options } = parseArgs({
  options: {
    ...addresses,
    file: { type: 'string' },
    max: { type: 'string', default: '1000' },
    timeout: { type: 'string', default: '120' }, // seconds
  },
});
const PROMPTS = 'prompts';
const SUBJECT = 'io.promptferry.records.PromptEvent';
const CHUNK = 100; // prompts in one request; small ones: a request holds 1 MB at most

const registry = registryAt(options);
const reader = answerReader(registry);
// The client's own RECORD strategy has no schema to take the name from when it looks up the latest version, so the name
// is given.
const { AvroSerializer, SerdeType } = schemaregistry;
const writer = new AvroSerializer(registry, SerdeType.VALUE, {
  autoRegisterSchemas: false,
  useLatestVersion: true,
  subjectNameStrategy: () => SUBJECT,
});

const kafka = kafkaAt(options);
const admin = kafka.admin();
// Idempotent: a request that is sent again for a lost reply does not make a second prompt, which would be paid for.
const producer = kafka.producer({
  idempotent: true,
  allowAutoTopicCreation: false,
  createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
});
const run = randomUUID();
const groupId = `promptferry-example-${run}`;
const consumer = kafka.consumer({ groupId, ...READING });

const open = new Set(); // ids
let failed = 0;
let crash;

function readPrompts(schema) {
  const file = options.file ?? new URL('../reviews/prompts.jsonl', import.meta.url);
  const lines = readFileSync(file, 'utf8').split('\n').map((text, n) => ({ text, n: n + 1 }));
  return lines
    .filter(({ text }) => text.trim())
    .slice(0, Number(options.max))
    .map(({ text, n }) => {
      try {
        const { key, headers, event } = promptLine(text, schema);
        // The id is what the answer is known by, so it must be like no other.
        const attributes = { ...event.attributes, line: String(n) };
        return { key, headers, event: { ...event, id: `${run}-${n}`, attributes } };
      } catch (e) {
        throw new Error(`line ${n}: ${e.message}`);
      }
    });
}

async function publish(prompts) {
  for (let from = 0; from < prompts.length; from += CHUNK) {
    const messages = prompts.slice(from, from + CHUNK).map(async ({ key, headers, event }) => ({
      key,
      headers,
      value: await writer.serialize(PROMPTS, event),
    }));
    await producer.send({ topic: PROMPTS, acks: -1, messages: await Promise.all(messages) });
  }
  console.error(`published ${prompts.length} prompts`);
}

async function eachMessage({ topic, message }) {
  const answer = await reader.deserialize(topic, message.value);
  if (!open.delete(answer.id)) return; // somebody else's, or read before
  if (answer.status !== 'SUCCEEDED') failed++;
  const { status, text, error, attributes } = answer;
  const prompt = message.headers['promptferry-prompt'].toString(); // its topic, partition and offset
  const key = message.key?.toString() ?? null;
  console.log(JSON.stringify({ line: Number(attributes.line), key, prompt, status, text, error }));
}

/** A response topic may be made with its first answer, so they are looked for until all are there. */
async function readAnswers(prompts) {
  const wanted = new Set([SHARED, ...prompts.filter(({ key }) => key !== null).map(({ key }) => responseTopic(key))]);
  const end = Date.now() + Number(options.timeout) * 1000;
  while (open.size > 0) {
    if (crash) throw crash;
    if (Date.now() > end) throw new Error(`${open.size} prompts without an answer after ${options.timeout} s`);
    const made = (await admin.listTopics()).filter((topic) => wanted.delete(topic));
    if (made.length > 0) {
      await consumer.stop(); // kafkajs takes no further topics while it runs
      await consumer.subscribe({ topics: made, fromBeginning: true });
      await consumer.run({ eachMessage });
    }
    await sleep(500);
  }
}

// What is worth another try, kafkajs tries again itself.
consumer.on(consumer.events.CRASH, ({ payload }) => payload.restart || (crash = payload.error));
try {
  const prompts = readPrompts(JSON.parse((await registry.getLatestSchemaMetadata(SUBJECT)).schema));
  prompts.forEach(({ event }) => open.add(event.id));
  await Promise.all([admin.connect(), producer.connect(), consumer.connect()]);
  await publish(prompts);
  await readAnswers(prompts);
  console.error(`${prompts.length} answers, ${failed} of them FAILED`);
} catch (e) {
  console.error(e.message);
  process.exitCode = 1;
} finally {
  await Promise.allSettled([producer.disconnect(), consumer.disconnect()]);
  await admin.deleteGroups([groupId]).catch(() => {}); // serve.js keeps its group, and so does a service of yours
  await admin.disconnect();
}
