#!/usr/bin/env bash
# Every test: Go on SQLite and on a PostgreSQL of its own, the browser's code, and the whole in a real browser.
# A step that fails does not hold back the others; the end tells how each went.
#   QUNCE_TEST_DATABASE_URL   use this server instead of starting one
#   QUNCE_KILL_ROUNDS         how often the fault tests kill the program (3)
# shellcheck disable=SC2317 # functions that "step" calls
set -euo pipefail
cd "$(dirname "$0")/.."
export CGO_ENABLED=0
export QUNCE_KILL_ROUNDS=${QUNCE_KILL_ROUNDS:-3}

parts=(browser)
if [[ -z ${QUNCE_TEST_DATABASE_URL:-} ]]; then parts+=(postgres); fi
scripts/need.sh "${parts[@]}"

if [[ -z ${QUNCE_TEST_DATABASE_URL:-} ]]; then
  postgres=${TMPDIR:-/tmp}/qunce-postgres-test-$$
  trap 'scripts/postgres.sh drop "$postgres"' EXIT
  trap 'exit 130' INT TERM HUP
  connect=$(scripts/postgres.sh start "$postgres")
  eval "$connect"
fi

summary='' failed=0
step() {
  local name=$1 began=$SECONDS result=ok
  shift
  printf '\n== %s\n' "$name"
  if ! "$@"; then
    result=FAILED failed=1
  fi
  summary+=$(printf '%-8s %4ds  %s' "$result" $((SECONDS - began)) "$name")$'\n'
}

# By name, since not every file there is a test: shared parts stand beside them.
end_to_end() {
  local tests
  mapfile -t tests < <(find test/e2e -name '*.test.mjs' 2>/dev/null | sort)
  if ((${#tests[@]} == 0)); then
    echo 'There is no test/e2e/*.test.mjs yet.'
    return
  fi
  QUNCE_CHROMIUM=$(command -v chromium) node --test --test-concurrency=2 --test-reporter=spec "${tests[@]}"
}

step 'build' scripts/build.sh
step 'go vet' go vet ./...
step 'go test' go test -timeout 14m ./...
step 'web check' scripts/web.sh check
step 'end to end' end_to_end

printf '\n%s' "$summary"
exit "$failed"
