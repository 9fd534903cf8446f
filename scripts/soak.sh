#!/usr/bin/env bash
# The long tests: the program killed 20 times under load and while it pays, 100,000 people paid, the file for
# the bank opened in a spreadsheet, then every benchmark on both databases. Results go to .cache/bench*.json.
set -euo pipefail
cd "$(dirname "$0")/.."
export CGO_ENABLED=0
export QUNCE_KILL_ROUNDS=${QUNCE_KILL_ROUNDS:-20}
export QUNCE_POSTGRES_FSYNC=on

scripts/build.sh
scripts/need.sh office
if [[ -z ${QUNCE_TEST_DATABASE_URL:-} ]]; then
  scripts/need.sh postgres
  postgres=${TMPDIR:-/tmp}/qunce-postgres-soak-$$
  trap 'scripts/postgres.sh drop "$postgres"' EXIT
  trap 'exit 130' INT TERM HUP
  connect=$(scripts/postgres.sh start "$postgres")
  eval "$connect"
fi
mkdir -p .cache
go test -count=1 -timeout 3h -v ./test/faults/...
QUNCE_MANY=1 go test -count=1 -timeout 1h -v -run "Killed|Many" ./internal/domain/payout
QUNCE_OFFICE=1 go test -count=1 -v -run Spreadsheet ./internal/app
bin/qunce bench all --json | tee .cache/bench.json
bin/qunce bench all --json --database-url "$QUNCE_TEST_DATABASE_URL" | tee .cache/bench-postgres.json
