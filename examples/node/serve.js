// Reads answers for good and keeps each once: what a service does, with a file in the place of its database.
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { READING, SHARED, addresses, answerReader, kafkaAt, registryAt } from './clients.js';

const { values: options } = parseArgs({
  options: {
    ...addresses,
    group: { type: 'string', default: 'promptferry-example' },
    file: { type: 'string', default: 'answers.jsonl' },
  },
});
const LOOK = 5_000; // for new topics
const isWanted = (topic) => topic === SHARED || topic.startsWith(`${SHARED}.`); // of all keys

const kafka = kafkaAt(options);
const admin = kafka.admin();
const reader = answerReader(registryAt(options));
// After a kill -9 the group waits so long for the dead member before it gives its partitions to the next.
const consumer = kafka.consumer({ groupId: options.group, sessionTimeout: 10_000, ...READING });

const file = await open(options.file, 'a+');
const text = await file.readFile('utf8');
const whole = text.slice(0, text.lastIndexOf('\n') + 1);
const kept = new Set(whole.split('\n').filter(Boolean).map((line) => JSON.parse(line).prompt));
let size = Buffer.byteLength(whole);

/** When this returns, the offset behind the batch may be committed; after a crash before that, the batch comes again. */
async function eachBatch({ batch }) {
  const fresh = new Map(); // by the prompt's coordinates, of which there is one answer
  for (const { key, value, headers } of batch.messages) {
    const prompt = headers['promptferry-prompt'].toString();
    if (kept.has(prompt)) continue;
    const { id, status, text, error } = await reader.deserialize(batch.topic, value);
    fresh.set(prompt, JSON.stringify({ prompt, key: key?.toString() ?? null, id, status, text, error }) + '\n');
  }
  const lines = [...fresh.values()].join('');
  await file.truncate(size); // half a line, where a write before this one failed or was killed
  await file.appendFile(lines);
  await file.datasync();
  size += Buffer.byteLength(lines);
  fresh.forEach((_, prompt) => kept.add(prompt));
}

const end = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => end.abort());
// What is worth another try, kafkajs tries again itself; for the rest, whoever runs this starts it again.
consumer.on(consumer.events.CRASH, ({ payload }) => {
  if (payload.restart) return;
  process.exitCode = 1;
  end.abort();
});

const topics = new Set();
try {
  await Promise.all([admin.connect(), consumer.connect()]);
  while (!end.signal.aborted) {
    const made = (await admin.listTopics()).filter((topic) => isWanted(topic) && !topics.has(topic));
    if (made.length > 0) {
      await consumer.stop(); // kafkajs takes no further topics while it runs
      await consumer.subscribe({ topics: made, fromBeginning: true }); // where the group has no offset yet
      await consumer.run({ eachBatch });
      made.forEach((topic) => topics.add(topic));
      console.error(`reading ${topics.size} topics`);
    }
    await sleep(LOOK, undefined, { signal: end.signal }).catch(() => {});
  }
} catch (e) {
  console.error(e.message);
  process.exitCode = 1;
} finally {
  await consumer.disconnect(); // ends the batch in hand and commits
  await admin.disconnect();
  await file.close();
}
