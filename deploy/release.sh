#!/usr/bin/env bash
# Bring a new version into service, also in the middle of a contest:  sudo deploy/release.sh /srv/hoithi/releases/2026-11-22
#
# The folder holds a checkout. It gets its own virtual environment, so that going back is one link:
#   sudo ln -sfn /srv/hoithi/releases/OLD /srv/hoithi/current && sudo /srv/hoithi/current/deploy/drain.sh
set -euo pipefail
release=$(realpath "$1")
settings=${HOITHI_ENV:-/etc/hoithi/hoithi.env}
manage() { HOITHI_HOME=$release HOITHI_ENV=$settings "$release/deploy/manage.sh" "$@"; }

echo "→ virtual environment"
python3 -m venv "$release/.venv"
"$release/.venv/bin/python" -m pip install --disable-pip-version-check --quiet --require-hashes -r "$release/requirements.txt"

echo "→ static files (those of earlier versions stay: a phone may hold an old page)"
install -d -o hoithi -g hoithi "$release/staticfiles"
manage collectstatic --no-input --verbosity 0
install -d /srv/hoithi/static
cp -r --update=none "$release/staticfiles/." /srv/hoithi/static/ 2>/dev/null || cp -rn "$release/staticfiles/." /srv/hoithi/static/

echo "→ tables (gives up after 2 s of waiting for a lock, rather than make answers wait)"
PGOPTIONS="-c lock_timeout=2s" manage migrate --no-input
manage createcachetable

echo "→ the new version becomes the current one"
ln -sfn "$release" /srv/hoithi/current
"$release/deploy/drain.sh"
manage check_ready
