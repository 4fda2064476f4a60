#!/bin/sh
# The test and the example against a stack of its own on free ports. Needs npm and what ../../promptferry needs.
set -eu
cd "$(dirname "$0")"
prompts=30
log=$(mktemp)
answers=$(mktemp)

npm ci --silent --ignore-scripts --no-audit --no-fund
node --test >"$log" || { cat "$log" >&2; exit 1; }

../../promptferry up --kafka-port 0 --registry-port 0 --simulator-port 0 --batcher-port 0 --poller-port 0 \
  --collector-port 0 >"$log" 2>&1 &
up=$!
trap 'kill "$up" 2>/dev/null || true; wait "$up" 2>/dev/null || true; rm -f "$log" "$answers"' EXIT
address() { sed -n "s/^  $1  *\([^ ]*\) .*/\1/p" "$log"; }

# Ten minutes, since it may build first. The line comes when everything answers.
tries=1200
until grep -q '^Ctrl-C stops' "$log"; do
  tries=$((tries - 1))
  if [ "$tries" -eq 0 ] || ! kill -0 "$up" 2>/dev/null; then
    cat "$log" >&2
    echo "the stack did not start" >&2
    exit 1
  fi
  sleep 0.5
done

node ask.js --bootstrap "$(address broker)" --registry "$(address registry)" --max "$prompts" >"$answers"
answered=$(grep -c '"status":"SUCCEEDED"' "$answers" || true)
head -n 3 "$answers"
[ "$answered" -eq "$prompts" ] || { echo "$answered of $prompts prompts were answered" >&2; exit 1; }
