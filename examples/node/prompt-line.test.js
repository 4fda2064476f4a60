import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { promptLine } from './prompt-line.js';

const avsc = new URL('../../schemas/src/main/avro/PromptEvent.avsc', import.meta.url);
const schema = JSON.parse(readFileSync(avsc));
const parse = (line) => promptLine(JSON.stringify(line), schema);

test('a line becomes an event, its key and its headers', () => {
  const line = {
    key: 'k',
    headers: { tenant: 'acme' },
    prompt: 'p',
    deadline: '2026-01-31T12:00:00Z',
    responseJsonSchema: { type: 'object' },
    parts: [{ data: 'aGk=', mimeType: 'text/plain' }],
    generation: { temperature: 0.2, stopSequences: ['.'] },
    attributes: { any: 'name' },
  };
  assert.deepEqual(parse(line), {
    key: 'k',
    headers: { tenant: 'acme' },
    event: {
      prompt: 'p',
      deadline: Date.UTC(2026, 0, 31, 12),
      responseJsonSchema: '{"type":"object"}',
      parts: [{ data: Buffer.from('hi'), mimeType: 'text/plain' }],
      generation: { temperature: 0.2, stopSequences: ['.'] },
      attributes: { any: 'name' },
    },
  });
});

test('what may be text or JSON is passed on as text', () => {
  assert.deepEqual(parse({ request: '{}', deadline: null }).event, { request: '{}', deadline: null });
  assert.equal(parse({ prompt: 'p' }).key, null);
  assert.equal(parse({ key: '', prompt: 'p' }).key, '');
});

for (const [line, message] of [
  [{ modle: 'gemini-2.5-flash' }, /unknown field 'modle': a PromptEvent has id, model, /],
  [{ generation: { temprature: 1 } }, /unknown field 'temprature': a GenerationSettings has /],
  [{ parts: [{ txt: 'p' }] }, /unknown field 'txt': a Part has /],
  [{ deadline: 'soon' }, /deadline must be a time/],
  [{ generation: 'hot' }, /generation must be an object/],
  [['prompt'], /unknown field '0'/],
  [{ key: 7 }, /key must be a string/],
]) {
  test(`${JSON.stringify(line)} is refused`, () => {
    assert.throws(() => parse(line), message);
  });
}
