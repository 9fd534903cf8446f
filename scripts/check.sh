#!/usr/bin/env bash
# What needs no database: formatting, vet, lint, the rules of the house, scripts, types. Tools come pinned from tools/go.mod.
# shellcheck disable=SC2317 # functions that "step" calls
set -euo pipefail
cd "$(dirname "$0")/.."
export CGO_ENABLED=0

failed=0
step() {
  local name=$1
  shift
  printf '== %s\n' "$name"
  "$@" || failed=1
}
lint() { go tool -modfile=tools/go.mod golangci-lint "$@"; }

step 'formatting' lint fmt --diff
step 'go vet' go vet ./...
step 'lint' lint run
step 'rules of the house' go test ./internal/archtest
if command -v shellcheck >/dev/null; then step 'scripts' shellcheck scripts/*.sh .ci/run; fi
step 'web' scripts/web.sh check
exit "$failed"
