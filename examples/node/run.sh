#!/bin/sh
# The tests and the examples against a stack of its own on free ports. Needs npm and what ../../promptferry needs.
set -eu
cd "$(dirname "$0")"
prompts=30
more=5
all=$((prompts + more))
tmp=$(mktemp -d)
log=$tmp/up.log
answers=$tmp/asked.jsonl
served=$tmp/served.jsonl
serve=

fail() { echo "$*" >&2; exit 1; }

npm ci --silent --ignore-scripts --no-audit --no-fund
node --test >"$log" || { cat "$log" >&2; exit 1; }

../../promptferry up --kafka-port 0 --registry-port 0 --simulator-port 0 --batcher-port 0 --poller-port 0 \
  --collector-port 0 >"$log" 2>&1 &
up=$!
trap 'kill $serve "$up" 2>/dev/null || true; wait "$up" 2>/dev/null || true; rm -rf "$tmp"' EXIT
address() { sed -n "s/^  $1  *\([^ ]*\) .*/\1/p" "$log"; }

# Half seconds, and what is waited for.
await() {
  tries=$1
  shift
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 0.5
  done
}
is_up() { grep -q '^Ctrl-C stops' "$log" || ! kill -0 "$up" 2>/dev/null; }
# Ten minutes, since it may build first. The line comes when everything answers.
await 1200 is_up || true
grep -q '^Ctrl-C stops' "$log" || { cat "$log" >&2; fail "the stack did not start"; }
at="--bootstrap $(address broker) --registry $(address registry)"

serve() {
  # shellcheck disable=SC2086 # words
  node serve.js $at --file "$served" --group "$1" 2>>"$tmp/serve.log" &
  serve=$!
}
has_lines() { [ -f "$served" ] && [ "$(wc -l <"$served")" -ge "$1" ]; }
each_once() {
  await 120 has_lines "$all" || { cat "$tmp/serve.log" >&2; fail "serve.js has too few answers $1"; }
  kill "$serve"
  wait "$serve" || fail "serve.js did not end in order $1"
  [ "$(wc -l <"$served")" -eq "$all" ] || fail "serve.js has too many answers $1"
  [ "$(grep -o '"prompt":"[^"]*"' "$served" | sort -u | wc -l)" -eq "$all" ] || fail "serve.js has one twice $1"
}

ask() {
  # shellcheck disable=SC2086 # words
  node ask.js $at --max "$1" >"$answers"
  answered=$(grep -c '"status":"SUCCEEDED"' "$answers" || true)
  [ "$answered" -eq "$1" ] || fail "$answered of $1 prompts were answered"
}

serve one
ask "$prompts"
head -n 3 "$answers"
await 60 has_lines 1 || fail "serve.js keeps nothing"
kill -9 "$serve"
wait "$serve" 2>/dev/null || true
ask "$more"
serve one
each_once "after kill -9"

# Killed in the middle of a write, which for another group is: half a line in the file, and every answer comes again.
sed '$d' "$served" >"$tmp/cut"
printf '{"prompt":"prom' >>"$tmp/cut"
mv "$tmp/cut" "$served"
serve two
each_once "after all came again"
echo "serve.js kept $all answers, each once"
