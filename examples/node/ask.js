// Publishes the prompts of a JSONL file and prints their answers as they come. README.md says how to run it.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import schemaregistry from '@confluentinc/schemaregistry';
import kafkajs from 'kafkajs';
import lz4 from 'lz4js';
import { responseTopic } from './topic-names.js';

const { AvroDeserializer, AvroSerializer, SchemaRegistryClient, SerdeType } = schemaregistry;
const { CompressionCodecs, CompressionTypes, Kafka, Partitioners, logLevel } = kafkajs;

// Promptferry's services compress with LZ4 (kafka.producer.compression.type); kafkajs itself reads gzip only.
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async (encoder) => Buffer.from(lz4.compress(encoder.buffer)),
  decompress: async (buffer) => Buffer.from(lz4.decompress(buffer)),
});

const { values: options } = parseArgs({
  options: {
    bootstrap: { type: 'string', default: '127.0.0.1:9092' },
    registry: { type: 'string', default: 'http://127.0.0.1:8081/apis/ccompat/v7' },
    file: { type: 'string' },
    max: { type: 'string', default: '1000' },
    timeout: { type: 'string', default: '120' }, // seconds
  },
});
const PROMPTS = 'prompts';
const SHARED = 'responses'; // answers without a topic of their own
const CHUNK = 100; // prompts in one request; small ones: a request holds 1 MB at most

// The services register their schemas themselves, each under its record's name (RecordNameStrategy). The client's own
// RECORD strategy has no schema to take the name from when it looks up the latest version, so the name is given.
const registry = new SchemaRegistryClient({ baseURLs: [options.registry] });
const writer = new AvroSerializer(registry, SerdeType.VALUE, {
  autoRegisterSchemas: false,
  useLatestVersion: true,
  subjectNameStrategy: () => 'io.promptferry.records.PromptEvent',
});
const reader = new AvroDeserializer(registry, SerdeType.VALUE, {
  subjectNameStrategy: () => 'io.promptferry.records.PromptResponse',
});

const run = randomUUID();
const prompts = readFileSync(options.file ?? new URL('../reviews/prompts.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.trim())
  .slice(0, Number(options.max))
  .map((line, n) => {
    const { key = null, responseJsonSchema: schema, ...fields } = JSON.parse(line);
    // The id is what the answer is known by, so it must be like no other; the caller's own goes into the attributes.
    const attributes = { ...fields.attributes, line: String(n + 1) };
    const event = { ...fields, id: `${run}-${n + 1}`, attributes };
    if (schema) event.responseJsonSchema = JSON.stringify(schema);
    return { key, event };
  });

const kafka = new Kafka({ brokers: options.bootstrap.split(','), logLevel: logLevel.ERROR });
const admin = kafka.admin();
// Idempotent: a request that is sent again for a lost reply does not make a second prompt, which would be paid for.
const producer = kafka.producer({
  idempotent: true,
  allowAutoTopicCreation: false,
  createPartitioner: Partitioners.DefaultPartitioner,
});
const groupId = `promptferry-example-${run}`;
const consumer = kafka.consumer({
  groupId,
  readUncommitted: false, // also the default: answers are written in transactions
  allowAutoTopicCreation: false, // else reading would make topics before the collector does, with other settings
  maxWaitTimeInMs: 500,
});

const open = new Set(prompts.map(({ event }) => event.id));
let failed = 0;
let crash;

async function publish() {
  for (let from = 0; from < prompts.length; from += CHUNK) {
    const messages = prompts.slice(from, from + CHUNK).map(async ({ key, event }) => ({
      key,
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
async function readAnswers() {
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

consumer.on(consumer.events.CRASH, ({ payload }) => (crash = payload.error));
try {
  await Promise.all([admin.connect(), producer.connect(), consumer.connect()]);
  await publish();
  await readAnswers();
  console.error(`${prompts.length} answers, ${failed} of them FAILED`);
} catch (e) {
  console.error(e.message);
  process.exitCode = 1;
} finally {
  await Promise.allSettled([producer.disconnect(), consumer.disconnect()]);
  await admin.deleteGroups([groupId]).catch(() => {}); // a service of yours has one group and keeps it
  await admin.disconnect();
}
