# Everything a person or CI runs here. `make` alone lists the verbs; each verb does its own set-up first.
# What is already done is remembered by a stamp in .venv/stamps, so a second start costs nothing.

# Any of these that is 3.11 or later makes .venv; `make PYTHON=/path/to/python3.12 setup` chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$p" && break; done)

BIN     := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
STAMPS  := .venv/stamps
SOURCES := src tests tools benchmarks
WORKERS ?= 2
OWN_ASSETS = $(shell find src/kinfold/web/static -type f 2>/dev/null)
PYTEST  := $(BIN)/pytest

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup setup-test setup-spark demo test test-fast test-spec check fix bench bench-feeds bench-interrupted bench-linkage bench-proof docs screenshots lock clean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-17s %s\n", $$1, $$2 }' Makefile

setup: $(STAMPS)/run $(STAMPS)/assets ## install what the product needs into .venv, and its front-end assets

setup-test: setup $(STAMPS)/test $(STAMPS)/browser ## install what the tests need too, a browser included

setup-spark: setup $(STAMPS)/spark ## install Spark too, for `kinfold run --engine spark`; needs Java 17

demo: setup ## make the demonstration council and serve it; prints the address and the sign-ins (PORT=8001)
	@$(BIN)/kinfold demo $(if $(PORT),--port $(PORT))

test: check $(STAMPS)/browser ## check, then every test: both databases, both engines, a real browser, real files
	$(PYTEST) tests/integration --db postgres -n $(WORKERS) --dist loadscope
	$(PYTEST) -n $(WORKERS) --dist loadscope

test-fast: setup $(STAMPS)/test ## the tests that need no browser and no PostgreSQL; under a minute
	$(PYTEST) -n $(WORKERS) --dist loadscope -m "not slow and not browser and not postgres"

test-spec: setup $(STAMPS)/test ## the rules, as tables a practitioner can read, on DuckDB and on PostgreSQL
	$(PYTEST) tests/spec

check: setup $(STAMPS)/test ## format, lint, types, imports, migrations, host names, locks, generated pages
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy --no-incremental # a cache left by a run over a few files makes it miss modules that are there
	$(BIN)/lint-imports
	DATABASE_URL=sqlite://:memory: $(BIN)/python -m django makemigrations --check --dry-run --settings kinfold.web.settings
	$(BIN)/python tools/check_hosts.py
	$(BIN)/python tools/check_locks.py
	$(BIN)/python tools/docs.py --check

fix: setup $(STAMPS)/test ## put right what ruff can put right by itself
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

bench: setup ## time a run at several sizes; SIZES="6000 50000" chooses them
	$(BIN)/python benchmarks/council.py $(if $(SIZES),--children $(SIZES))

bench-feeds: setup ## what taking large returns in costs, beside what it may cost; CASES="cin csv" chooses them
	$(BIN)/python benchmarks/feeds.py $(CASES)

bench-interrupted: setup ## kill 200 loads at random moments and look for what is lost, doubled or half there; KILLS=20
	$(BIN)/python benchmarks/interrupted.py $(if $(KILLS),--kills $(KILLS))

bench-linkage: setup $(STAMPS)/test ## the whole exam of linkage beside its goals; EXAMS="families febrl4" chooses them
	$(BIN)/python benchmarks/linkage.py $(EXAMS)

bench-proof: setup $(STAMPS)/bench ## the whole exam of profile and priority beside its goals; EXAMS="figures visits" chooses them
	$(BIN)/python benchmarks/proof.py $(EXAMS)

docs: setup $(STAMPS)/test ## write docs/reference again from the code, the rules and the area folder
	$(BIN)/python tools/docs.py

screenshots: setup-test ## take the README's pictures again from the browser tests
	KINFOLD_SCREENSHOTS=1 $(PYTEST) tests/browser

lock: $(STAMPS)/venv ## choose versions again, with hashes, into requirements/
	$(BIN)/python tools/lock.py

clean: ## remove .venv, fetched assets and caches; a council's home is never touched
	rm -rf .venv node_modules build dist src/kinfold/web/vendored .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# --- what the verbs stand on -------------------------------------------------------------------------------

$(STAMPS)/venv: requirements/installer.lock.txt
	@test -n "$(PYTHON)" || { echo "Kinfold needs Python 3.11 or later and found none on the path. Install it, or say where it is: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making .venv with $(PYTHON)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python tools/environment.py installer
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/run: $(STAMPS)/venv requirements/run.lock.txt tools/environment.py
	@$(BIN)/python tools/environment.py run
	@touch $@

$(STAMPS)/test: $(STAMPS)/run requirements/test.lock.txt
	@$(BIN)/python tools/environment.py test
	@touch $@

$(STAMPS)/bench: $(STAMPS)/test requirements/bench.lock.txt
	@$(BIN)/python tools/environment.py bench
	@touch $@

$(STAMPS)/spark: $(STAMPS)/run requirements/spark.lock.txt
	@$(BIN)/python tools/environment.py spark
	@touch $@

$(STAMPS)/assets: $(STAMPS)/run $(wildcard package.json package-lock.json .npmrc tools/vendor.py tools/node.py) $(OWN_ASSETS)
	@tools="$$($(BIN)/python tools/node.py)" && PATH="$$tools:$$PATH" $(BIN)/python tools/vendor.py
	@touch $@

$(STAMPS)/browser: $(STAMPS)/test tools/browser.py
	@$(BIN)/python tools/browser.py --install
	@touch $@
