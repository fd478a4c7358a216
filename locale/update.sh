#!/bin/sh
# Collects the texts of the site and of locale/runtime.py into locale/en and compiles them. Needs gettext.
# Run it anywhere, then fill the empty entries of django.po and run it again: the .mo is committed with the .po.
set -eu
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-.venv/bin/python}
PO=locale/en/LC_MESSAGES/django.po
export LC_ALL=C.UTF-8

# makemessages skips folders called "locale" and so comments the texts of runtime.py out; the merge below revives them.
"$PYTHON" manage.py makemessages -l en --no-location --keep-pot -i .venv -i var -i bench -i tests
trap 'rm -f locale/django.pot' EXIT
xgettext --join-existing --no-location --language=Python --from-code=UTF-8 --keyword=_ -o locale/django.pot locale/runtime.py
msgmerge --quiet --no-fuzzy-matching --update --backup=none "$PO" locale/django.pot
msgattrib --no-obsolete -o "$PO" "$PO"
msgfmt --check --statistics -o "${PO%.po}.mo" "$PO"
