#!/usr/bin/env bash
# A private PostgreSQL server: its own folder, port and password, on the loopback only, never run by root.
#   scripts/postgres.sh start [DIR]   make and start it (again, with the same port and data, when DIR is there already)
#   scripts/postgres.sh env [DIR]     print the line that exports QUNCE_TEST_DATABASE_URL
#   scripts/postgres.sh stop [DIR]    stop it and keep the data
#   scripts/postgres.sh drop [DIR]    stop it and remove DIR
# `make test` has a server of its own; this one is for running single tests: eval "$(scripts/postgres.sh start)"
# QUNCE_POSTGRES_FSYNC=on makes commits durable against a power cut: for measuring, not needed for tests.
set -euo pipefail
umask 077

verb=${1:-}
dir=${2:-${TMPDIR:-/tmp}/qunce-postgres-$(id -u)}

bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
if [[ -z $bin ]]; then
  bin=$(dirname "$(command -v initdb || true)")
fi
if [[ ! -x $bin/initdb ]]; then
  echo 'PostgreSQL is not installed: run scripts/need.sh postgres' >&2
  exit 2
fi

# PostgreSQL refuses to run as root.
as=()
if ((EUID == 0)); then
  user=nobody
  if id postgres >/dev/null 2>&1; then user=postgres; fi
  as=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups --)
fi
run() { (cd / && HOME=$dir "${as[@]}" "$@"); }

running() { [[ -d $dir/data ]] && run "$bin/pg_ctl" -D "$dir/data" status >/dev/null 2>&1; }

# Below 32768, where no client's port can be in the way.
free_port() {
  local port
  for _ in {1..50}; do
    port=$((15400 + RANDOM % 10000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  echo 'no free port between 15400 and 25399' >&2
  return 1
}

make_cluster() {
  mkdir -m 700 "$dir" # fails when somebody else was faster
  head -c 18 /dev/urandom | base64 | tr '+/' '-_' >"$dir/password"
  if ((EUID == 0)); then chown -R "$user" "$dir"; fi
  run "$bin/initdb" -D "$dir/data" --username=qunce --auth=scram-sha-256 --pwfile="$dir/password" \
    --encoding=UTF8 --locale=C --no-sync >/dev/null
  cat >>"$dir/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 800
shared_buffers = 256MB
max_wal_size = 4GB
checkpoint_timeout = 30min
max_locks_per_transaction = 256
fsync = ${QUNCE_POSTGRES_FSYNC:-off}
timezone = 'UTC'
log_timezone = 'UTC'
CONF
}

start() {
  if [[ ! -d $dir/data ]]; then make_cluster; fi
  local port
  for _ in 1 2 3; do # a port can be taken between the look and the start
    port=$(cat "$dir/port" 2>/dev/null || free_port)
    if run "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -o "-p $port" start >/dev/null 2>&1; then
      echo "$port" >"$dir/port"
      return
    fi
    rm -f "$dir/port"
  done
  tail -20 "$dir/log" >&2
  return 1
}

print_env() {
  echo "export QUNCE_TEST_DATABASE_URL='postgres://qunce:$(cat "$dir/password")@127.0.0.1:$(cat "$dir/port")/postgres?sslmode=disable'"
}

case $verb in
  start)
    if ! running; then start; fi
    print_env
    ;;
  env)
    if ! running; then
      echo "no server in $dir" >&2
      exit 1
    fi
    print_env
    ;;
  stop)
    if running; then run "$bin/pg_ctl" -D "$dir/data" -m fast -w stop >/dev/null; fi
    ;;
  drop)
    if running; then run "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null; fi
    if [[ -f $dir/password ]]; then rm -rf "$dir"; fi
    ;;
  *)
    sed -n '2,8s/^# //p' "$0" >&2
    exit 2
    ;;
esac
