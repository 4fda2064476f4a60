import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { responseTopic } from './topic-names.js';

const { vectors } = JSON.parse(readFileSync(new URL('../../docs/topic-names.json', import.meta.url)));

test('there are test vectors, a name that is cut among them', () => {
  assert.ok(vectors.length > 20);
  assert.ok(vectors.some(({ topic }) => topic.length === 249));
});

for (const { what, key, keyHex, topic } of vectors) {
  test(what, () => {
    assert.equal(responseTopic(Buffer.from(keyHex, 'hex')), topic);
    if (key !== undefined) assert.equal(responseTopic(key), topic);
  });
}
