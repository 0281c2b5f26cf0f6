# Milepost. `make help` says what there is; python3 (3.11 or newer), make and a network are all it takes.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.milepost
PO     := $(shell find locales -name '*.po' 2>/dev/null)
MO     := $(PO:.po=.mo)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

# ---- set-up ----------------------------------------------------------------------------------------------------------

.PHONY: setup
setup: $(STAMP) $(MO) ## everything in .venv, nothing started

# uv reads no pip settings: hand on the index that pip on this machine was told to use, if it was told of one.
define with_pip_index
	index="$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null || true)}}"; \
	if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$$index"; fi; \
	if [ -n "$${PIP_CERT:-}" ]; then export SSL_CERT_FILE="$${SSL_CERT_FILE:-$$PIP_CERT}"; fi
endef

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Milepost needs Python 3.11 or newer, and '$(PYTHON)' was not found."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "Milepost needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1)."; \
	    echo "Name another with: make PYTHON=/path/to/python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	    echo "This Python has no venv module. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# uv comes first, by pip, at the version and the hashes that the lock names; uv then installs the rest in seconds.
$(STAMP): requirements.lock pyproject.toml hatch_build.py | $(BIN)/python
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(VENV)/uv.txt
	@$(with_pip_index); export VIRTUAL_ENV=$(VENV); set -ex; \
	$(BIN)/uv pip sync --quiet --require-hashes requirements.lock; \
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: catalogs
catalogs: setup ## compile the languages' catalogs

.PHONY: classifier
classifier: setup ## learn anew from training/texts what clients mean
	$(BIN)/python training/train.py

locales/%.mo: locales/%.po hatch_build.py | $(STAMP)
	@$(BIN)/python hatch_build.py $<

.PHONY: lock
lock: | $(BIN)/python ## choose the newest versions anew and write requirements.lock
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	@$(with_pip_index); set -x; \
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    --upgrade --group dev pyproject.toml --output-file requirements.lock

# ---- use -------------------------------------------------------------------------------------------------------------

.PHONY: run
run: setup ## a demo county on SQLite; prints the addresses to open
	@$(BIN)/milepost demo

.PHONY: bench
bench: setup ## measure
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

# ---- checks ----------------------------------------------------------------------------------------------------------

.PHONY: test
test: lint types contracts dependencies hosts tests ## every check and every test

.PHONY: lint
lint: setup ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: fix
fix: setup ## repair what can be repaired by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: types
types: setup ## mypy, strict
	$(BIN)/mypy

.PHONY: contracts
contracts: setup ## who may import whom
	$(BIN)/lint-imports

.PHONY: dependencies
dependencies: setup ## what is imported is declared, and what is declared is imported
	$(BIN)/deptry .

# A file that names a package registry fails wherever that registry is not reached. (The brackets keep this line out.)
REGISTRIES := p[y]pi\.org|p[y]thonhosted|registry\.n[p]mjs|registry\.y[a]rnpkg|u[n]pkg\.com|j[s]delivr|c[d]njs

.PHONY: hosts
hosts: ## no file names a package registry or a CDN
	@! grep -rnIE --exclude-dir=.git --exclude-dir=$(VENV) --exclude-dir='.*_cache' --exclude-dir=.hypothesis \
	    '$(REGISTRIES)' . || { echo 'These files name a registry or a CDN.'; exit 1; }
	@! grep -n '://' requirements.lock || { echo 'requirements.lock names a host.'; exit 1; }

# The pure part is tested on every branch; the rest on nine in ten.
PURE := conversations/*,scheduler/admission.py,scheduler/breaker.py,scheduler/forecast.py,scheduler/plan.py,$\
	scheduler/promised.py,scheduler/renewal.py,scheduler/timing.py,scheduler/usefulness.py,scheduler/visit_times.py,scheduler/windows.py

# Twice as many processes as cores: much of what is tested waits, for a clock, a server or a browser.
PROCESSES = $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1))')

# What was compiled is kept even where the environment says no: each of the processes that tests start would do it anew.
.PHONY: tests
tests: export PYTHONDONTWRITEBYTECODE :=
tests: setup ## the tests alone, with coverage
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --numprocesses=$(PROCESSES) --dist=worksteal $(PYTEST)
	$(BIN)/coverage combine --quiet
	@echo '== the pure part'
	$(BIN)/coverage report --include='$(PURE)' --fail-under=100
	@echo '== the rest'
	$(BIN)/coverage report --omit='$(PURE)' --fail-under=90

.PHONY: clean
clean: ## remove all that make made
	rm -rf $(VENV) .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache build dist
	find locales -name '*.mo' -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
