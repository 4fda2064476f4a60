// Upload, create, get, list, download and check with @google/genai, a client that shares nothing
// with the one Promptferry uses. Exits non-zero at the first thing that is not as it should be.
//
//   BASE_URL=http://127.0.0.1:8080 [API_KEY=simulator] node drive.mjs
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GoogleGenAI } from '@google/genai';

const baseUrl = process.env.BASE_URL;
if (!baseUrl) {
  console.error('BASE_URL is not set: give the address of a running simulator');
  process.exit(2);
}
const apiKey = process.env.API_KEY ?? 'simulator';
const client = (key) => new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl } });
const ai = client(apiKey);
const model = 'gemini-2.5-flash';
const run = process.pid.toString(36) + Date.now().toString(36);
const folder = await mkdtemp(join(tmpdir(), 'conformance-'));

const schema = {
  type: 'object',
  properties: { topic: { enum: ['war', 'peace'] }, summary: { type: 'string' }, year: { type: 'integer', minimum: 1790 } },
  required: ['topic', 'summary', 'year'],
};
const prompts = new Map(Array.from({ length: 60 }, (_, i) =>
  [`k${i}`, `Prompt ${i}: “Fellow-Citizens of the Senate”,\nsummarise — in one line — passage ${i * 7919}.`]));
const line = ([key, text], i) => ({
  key,
  request: {
    contents: [{ role: 'user', parts: [{ text }] }],
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    generationConfig: i % 3 ? { temperature: 0.2 }
      : { responseMimeType: 'application/json', responseJsonSchema: schema },
  },
});

async function submit(displayName, lines) {
  const path = join(folder, `${displayName}.jsonl`);
  await writeFile(path, lines.map((l) => JSON.stringify(l) + '\n').join(''));
  const file = await ai.files.upload({ file: path, config: { mimeType: 'application/jsonl', displayName } });
  assert.match(file.name, /^files\/[a-z0-9-]{1,40}$/);
  assert.equal(file.state, 'ACTIVE');
  assert.equal(file.uri, `https://generativelanguage.googleapis.com/v1beta/${file.name}`);
  assert.equal((await ai.files.get({ name: file.name })).displayName, displayName);
  const job = await ai.batches.create({ model, src: file.name, config: { displayName } });
  assert.equal(job.displayName, displayName);
  assert.equal(job.state, 'JOB_STATE_PENDING');
  return job;
}

async function ended(name) {
  for (let i = 0; i < 300; i++) {
    const job = await ai.batches.get({ name });
    if (!['JOB_STATE_PENDING', 'JOB_STATE_RUNNING'].includes(job.state)) return job;
    await sleep(100);
  }
  throw new Error(`${name} did not end within 30 s`);
}

try {
  const good = await submit(`good-${run}`, [...prompts].map(line));
  const bad = await submit(`bad-${run}`, [
    line(['fine', 'Hello'], 1),
    { key: 'odd', request: { ...line(['x', 'Hello'], 1).request, thinking_config: {} } },
  ]);

  const job = await ended(good.name);
  assert.equal(job.state, 'JOB_STATE_SUCCEEDED');
  assert.equal(job.model, `models/${model}`);

  const path = join(folder, 'result.jsonl');
  await ai.files.download({ file: job.dest.fileName, downloadPath: path });
  let results = '';
  for (let i = 0; i < 50 && !results.endsWith('\n'); i++) {
    // download() may resolve before the last byte is on disk.
    results = await readFile(path, 'utf8').catch(() => '');
    if (!results.endsWith('\n')) await sleep(100);
  }
  const answers = results.trimEnd().split('\n').map((l) => JSON.parse(l));
  assert.deepEqual(answers.map((a) => a.key).sort(), [...prompts.keys()].sort());
  const keys = [...prompts.keys()];
  assert.notDeepEqual(answers.map((a) => a.key), keys, 'the lines are not shuffled');
  for (const { key, response } of answers) {
    const digest = createHash('sha256').update(prompts.get(key)).digest('hex');
    const text = response.candidates[0].content.parts[0].text;
    assert.ok(text.includes(`[sha256:${digest}]`), `${key}: not the answer to its prompt`);
    assert.ok(response.responseId.endsWith(digest));
    assert.ok(response.usageMetadata.totalTokenCount > 0);
    if (keys.indexOf(key) % 3 === 0) {
      const value = JSON.parse(text);
      assert.ok(schema.properties.topic.enum.includes(value.topic));
      assert.ok(value.summary.includes(digest));
      assert.ok(Number.isInteger(value.year) && value.year >= 1790);
    }
  }

  assert.equal((await ended(bad.name)).state, 'JOB_STATE_FAILED');
  const raw = await (await fetch(`${baseUrl}/v1beta/${bad.name}`, { headers: { 'x-goog-api-key': apiKey } })).json();
  assert.equal(raw.error.code, 3);
  assert.match(raw.error.message, /^Error on line 2: invalid JSON, near column \d+: no such field: 'thinking_config'$/);

  const listed = [];
  for await (const one of await ai.batches.list({ config: { pageSize: 1 } })) listed.push(one.displayName);
  assert.ok(listed.indexOf(`bad-${run}`) < listed.indexOf(`good-${run}`), 'newest first');
  assert.ok(listed.includes(`good-${run}`));

  const doomed = await submit(`doomed-${run}`, [line(['one', 'Hello'], 1)]);
  await ai.batches.cancel({ name: doomed.name });
  assert.equal((await ai.batches.get({ name: doomed.name })).state, 'JOB_STATE_CANCELLED');
  await ai.batches.delete({ name: doomed.name });
  await assert.rejects(ai.batches.get({ name: doomed.name }), { status: 404 });

  await assert.rejects(client('wrong').batches.get({ name: good.name }), { status: 400, message: /API_KEY_INVALID/ });
  await assert.rejects(ai.batches.create({ model, src: 'files/nothing', config: { displayName: 'x' } }), { status: 404 });

  const ledger = await (await fetch(`${baseUrl}/simulator/ledger`)).json();
  const billed = ledger.requests.filter((r) => r.displayName.endsWith(run));
  assert.equal(billed.length, prompts.size);
  assert.ok(billed.every((r) => r.displayName === `good-${run}` && r.times === 1));
  console.log(`conformance: ${answers.length} answers right by @google/genai, each billed once`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
