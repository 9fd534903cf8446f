#!/usr/bin/env bash
# Builds the console into web/dist and the program, one static binary, into bin/qunce.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/web.sh build
if [[ ! -d cmd/qunce ]]; then
  echo 'There is no cmd/qunce yet: no program to build.'
  exit 0
fi
version=$(git describe --tags --always --dirty 2>/dev/null || echo unknown)
CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$version" -o bin/qunce ./cmd/qunce
