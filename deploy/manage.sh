#!/usr/bin/env bash
# manage.py as the platform's user, with its settings: sudo deploy/manage.sh check_ready
set -euo pipefail
home=${HOITHI_HOME:-/srv/hoithi/current}
settings=${HOITHI_ENV:-/etc/hoithi/hoithi.env}
set -a
# shellcheck disable=SC1090
. "$settings"
set +a
cd "$home"
as=()
[ "$(id -u)" != 0 ] || as=(runuser -u "${HOITHI_USER:-hoithi}" --)
exec "${as[@]}" .venv/bin/python manage.py "$@"
