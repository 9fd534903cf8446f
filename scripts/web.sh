#!/usr/bin/env bash
# The browser's part: packages, build and checks. Quiet and idle when nothing has changed.
#   scripts/web.sh deps     npm ci, when package-lock.json is not the one that is installed
#   scripts/web.sh build    the console into web/dist, from where Go embeds it
#   scripts/web.sh check    types, lint and unit tests
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ ! -f package.json ]]; then
  echo 'There is no package.json yet: nothing to do for the browser.'
  exit 0
fi

deps() (
  mkdir -p .cache
  exec 9>.cache/npm.lock
  flock 9 # two at once would destroy each other's node_modules
  want=$(cat package-lock.json <(node --version) | sha256sum)
  if [[ -d node_modules && $(cat .cache/npm.stamp 2>/dev/null) == "$want" ]]; then exit 0; fi
  rm -f .cache/npm.stamp
  npm ci --no-progress
  echo "$want" >.cache/npm.stamp
)

case ${1:-} in
  deps) deps ;;
  build)
    deps
    npm run --silent build
    ;;
  check)
    deps
    npm run --silent check
    ;;
  *)
    sed -n '3,5s/^# //p' "$0" >&2
    exit 2
    ;;
esac
