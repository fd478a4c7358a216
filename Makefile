# What people type. Each target may be repeated at any time.
PORT ?= 8000
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test test-fast lint format bench messages shots install clean

run: $(VENV)/.installed  ## the demo on http://127.0.0.1:$(PORT)
	@$(BIN)/python -m config.run --port $(PORT)

test: $(VENV)/.installed  ## everything, browser included
	@$(BIN)/python -m tests.browser.find
	@$(BIN)/python -m pytest -n auto --maxprocesses 6 -m "not browser" -q
	@$(BIN)/python -m pytest -n auto --maxprocesses 6 -m browser -q

test-fast: $(VENV)/.installed  ## without the browser
	@$(BIN)/python -m pytest -n auto --maxprocesses 6 -m "not browser" -q

lint: $(VENV)/.installed  ## style, types, templates, migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/python -m mypy
	@$(BIN)/python manage.py makemigrations --check --dry-run

format: $(VENV)/.installed
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: $(VENV)/.installed  ## what is fast, measured
	@$(BIN)/python -m bench list

messages: $(VENV)/.installed  ## collect and compile translations (needs gettext)
	@sh locale/update.sh

shots: $(VENV)/.installed  ## photographs of every page in var/shots/
	@$(BIN)/python -m tests.browser.find
	@$(BIN)/python -m tests.browser.shots

install: $(VENV)/.installed  ## .venv with everything for development

$(VENV)/.installed: requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Cần Python 3.11 trở lên / Python 3.11 or newer is needed."; exit 1; }
	@echo "→ Đang tạo môi trường Python trong $(VENV)/ (lần đầu mất một hai phút)…"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements.txt -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) var staticfiles
