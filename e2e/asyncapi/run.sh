#!/bin/sh
# Validates docs/asyncapi.yaml with AsyncAPI's own parser. Needs npm.
set -eu
cd "$(dirname "$0")"
npm ci --silent --ignore-scripts --no-audit --no-fund
exec node check.mjs
