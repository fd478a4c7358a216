#!/usr/bin/env bash
# One copy of the database and of the files:  deploy/backup.sh /var/backups/hoithi
# Runs beside a contest: pg_dump reads one snapshot and blocks nothing. Keeps 14 days. Redis needs no copy.
set -euo pipefail
to=$1
stamp=$(TZ=Asia/Ho_Chi_Minh date +%Y%m%d-%H%M%S)
umask 077
mkdir -p "$to"
url=${DATABASE_URL/#postgres:\/\//postgresql:\/\/}
pg_dump --format=custom --compress=6 --no-owner --file="$to/$stamp.dump.part" "$url"
pg_restore --list "$to/$stamp.dump.part" >/dev/null    # a copy that cannot be read is none
mv "$to/$stamp.dump.part" "$to/$stamp.dump"
if [ -d "${VAR:-/var/lib/hoithi}/files" ]; then
  tar -C "${VAR:-/var/lib/hoithi}" -czf "$to/$stamp.files.tar.gz.part" files
  mv "$to/$stamp.files.tar.gz.part" "$to/$stamp.files.tar.gz"
fi
find "$to" -maxdepth 1 \( -name '*.dump' -o -name '*.files.tar.gz' \) -mtime +14 -delete
find "$to" -maxdepth 1 -name '*.part' -mmin +600 -delete
ls -l "$to/$stamp."*
