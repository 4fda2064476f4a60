#!/bin/sh
# Drives a running simulator with Google's JavaScript client: run.sh http://127.0.0.1:8080
set -eu
[ $# -eq 1 ] || { echo "usage: $0 <base url of a running simulator>" >&2; exit 2; }
cd "$(dirname "$0")"
npm ci --silent --ignore-scripts --no-audit --no-fund
BASE_URL="$1" exec node drive.mjs
