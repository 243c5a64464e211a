# Everything a developer or an evaluator types. Needs Python 3.11 or newer and make; the rest is fetched, with hashes.

SHELL := /bin/sh
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --no-input --no-compile --no-deps --require-hashes
APPS := core sites inventory sales purchasing fulfillment production quality floor planning analytics integrations
TYPED := $(wildcard $(APPS) mfg launcher)
DJANGO := $(PY) manage.py

.PHONY: run servers test lint browser bench soak lock assets clean
.DEFAULT_GOAL := run

## run: the whole product on http://localhost:8000 (PORT, HOST, MFG_HOME, DATABASE_URL, REDIS_URL)
run:
	@$(MAKE) --silent --no-print-directory -j2 $(VENV)/.base assets
	@$(PY) -m launcher --with-parent

## servers: PostgreSQL and Valkey alone, for manage.py in another terminal
servers: $(VENV)/.base
	@$(PY) -m launcher --only-servers --with-parent

## test: everything that must hold before a commit
test: lint browser
	$(PY) -m pytest -n 2 --dist loadgroup -m "not browser"
	$(if $(wildcard tests/browser/test_*.py),$(PY) -m pytest -m browser tests/browser)

lint: $(VENV)/.dev assets
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy $(TYPED)
	$(VENV)/bin/lint-imports --no-logo
	$(DJANGO) makemigrations --check --dry-run

# The pages are tested in Debian's own browser; elsewhere those tests say why they are skipped.
browser:
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
		&& apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium >/dev/null; } || true

bench: $(VENV)/.dev assets
	$(PY) -m bench

soak: $(VENV)/.dev assets
	$(PY) -m bench.soak

## lock: write requirements/*.txt from *.in; no file names a registry (LOCK_OPTIONS=--upgrade for newer versions)
lock: $(VENV)/.dev
	for name in base dev assets; do $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
		--custom-compile-command 'make lock' $(LOCK_OPTIONS) \
		requirements/$$name.in --output-file requirements/$$name.txt || exit 1; done

clean:
	rm -rf $(VENV) static frontend/dist frontend/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis
	rm -rf .import_linter_cache test-results

$(PY):
	@test -n "$(PYTHON)" || { echo "mfg needs Python 3.11 or newer."; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

# Stamps, so that nothing is installed anew while its lock file stays as it was. The developer's set holds the other.
$(VENV)/.base: requirements/base.txt | $(PY)
	@echo "Installing $< …"
	@$(PIP) -r $<
	@touch $@

$(VENV)/.dev: requirements/dev.txt | $(PY)
	@echo "Installing $< …"
	@$(PIP) -r $<
	@touch $@ $(VENV)/.base

# After the other, because two installers in one environment would tread on each other.
$(VENV)/.assets: requirements/assets.txt | $(VENV)/.base
	@echo "Installing $< …"
	@$(PIP) -r $<
	@touch $@

# A machine without a recent Node gets one from a wheel.
NODE_IS_RECENT := $(shell node -e 'const [a, b] = process.versions.node.split(".").map(Number); \
	process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null && echo yes)
NODE := $(if $(NODE_IS_RECENT),,$(VENV)/.assets)
NPM := $(if $(NODE_IS_RECENT),,PATH="$(CURDIR)/$(VENV)/bin:$$PATH") npm --prefix frontend --no-audit --no-fund
ASSET_SOURCES := $(shell find frontend -name node_modules -prune -o -name dist -prune -o -type f -print 2>/dev/null)

assets: $(if $(wildcard frontend/package.json),frontend/dist/manifest.json)

frontend/node_modules/.stamp: frontend/package-lock.json | $(NODE)
	@echo "Installing frontend/package-lock.json …"
	@$(NPM) ci --silent
	@touch $@

frontend/dist/manifest.json: frontend/node_modules/.stamp $(ASSET_SOURCES)
	@echo "Building the frontend …"
	@$(NPM) run --silent build
	@touch $@
