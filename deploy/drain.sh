#!/usr/bin/env bash
# Restart one process after another without losing an answer, in the middle of a contest:
#
#   sudo deploy/drain.sh                 everything: answers one by one, then pages, then workers
#   sudo deploy/drain.sh answers 9002    one Daphne
#   sudo deploy/drain.sh stop 9002       take one out and leave it out (it comes back with: systemctl start hoithi-answers@9002)
#
# Taking out needs no change in nginx. On SIGTERM a Daphne closes its port (config/drain.py): nginx is refused and gives the
# request to the next one at once; what waits inside is committed and acknowledged; then it ends. Back in: it listens again,
# and nginx tries it after two seconds. The script goes on only when the process says it is ready, and stops if it does not:
# then the others still run, with the old code.
set -euo pipefail
settings=${HOITHI_ENV:-/etc/hoithi/hoithi.env}
# shellcheck disable=SC1090
. "$settings"
ports=${ANSWERS_PORTS:-9001 9002}

ready() {  # ready PORT: wait up to 60 s until the process there says 200
  local port=$1 host=${ALLOWED_HOSTS%%,*}
  for _ in $(seq 120); do
    if curl -fsS -o /dev/null --max-time 3 -H "Host: $host" -H "X-Forwarded-Proto: https" "http://127.0.0.1:$port/readyz" 2>/dev/null; then
      return 0
    fi
    sleep 0.5
  done
  echo "✗ port $port is not ready after 60 s: journalctl -u 'hoithi-*' -n 50" >&2
  return 1
}

others_ready() {  # others_ready PORT: never take the last one out
  local port
  for port in $ports; do
    if [ "$port" != "$1" ]; then
      ready "$port" && return 0
    fi
  done
  echo "✗ no other answer process is ready; $1 stays. Start another one first: systemctl start hoithi-answers@PORT" >&2
  return 1
}

restart_answers() {
  others_ready "$1"
  echo "→ answers $1: out, drained, stopped"
  systemctl stop "hoithi-answers@$1"     # returns when the last answer is acknowledged and the process has ended
  systemctl start "hoithi-answers@$1"
  ready "$1"
  sleep 5                                 # nginx looks at it again after fail_timeout (2 s, by a clock of whole seconds)
  echo "✓ answers $1: back"
}

case ${1:-all} in
  answers) restart_answers "$2" ;;
  stop) others_ready "$2"; systemctl stop "hoithi-answers@$2"; echo "✓ answers $2: drained and stopped" ;;
  pages) systemctl restart hoithi-pages; ready 8001; echo "✓ pages: back" ;;
  workers)
    for number in $(seq "${WORKERS:-1}"); do systemctl restart "hoithi-worker@$number"; done
    # A site of before it has no such unit; its worker does everything.
    if systemctl cat hoithi-quiet >/dev/null 2>&1; then systemctl restart hoithi-quiet; fi
    echo "✓ workers: back" ;;
  all)
    for port in $ports; do restart_answers "$port"; done
    "$0" pages
    "$0" workers ;;
  *) sed -n '2,7p' "$0"; exit 2 ;;
esac
