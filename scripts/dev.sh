#!/usr/bin/env bash
# The demo built from source, with the console served by vite, which shows a change as soon as its file is saved.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/web.sh build # the program embeds it
setsid npm run dev & # a group of its own, so that its children end with it
vite=$!
trap 'kill -- "-$vite" 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM HUP
go run ./cmd/qunce demo
