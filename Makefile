# Everything a newcomer types. Needs Python 3.11+ with venv, and make; nothing else, and no root.
# All packages come by hash from requirements.lock into .venv; they are installed again only when a lock changes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
COMPILE := pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
.PHONY: help setup run test lint types bench faults fuzz promises lock clean

help:  ## say what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile

setup: $(VENV)/.ready  ## install everything into .venv

run: setup  ## the whole hotline on a simulated telephone network, with phones on a page
	$(BIN)/sanad demo

test: setup  ## all tests
	$(BIN)/python -m pytest

lint: setup  ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup  ## mypy, strict
	$(BIN)/mypy

bench: setup  ## measure; prints ratios and percentiles
	$(BIN)/python -m tests.bench

faults: setup  ## the fault run: thousands of callers while everything is killed; some 25 minutes
	$(BIN)/python -m tests.faults

fuzz: setup  ## a hundred thousand requests at every inbound route; some minutes
	$(BIN)/python -m tests.fuzz

promises: setup  ## the promises, whatever happens: thousands of new ways, about an hour
	PROMISES_EXAMPLES=3000 $(BIN)/python -m pytest -q tests/promises

lock: $(VENV)/.uv  ## compile the locks anew, with the newest allowed versions
	$(UV) --system-certs $(COMPILE) --upgrade --universal --python-version 3.11 --all-extras pyproject.toml -o requirements.lock
	echo uv | $(UV) --system-certs $(COMPILE) --upgrade - -o config/bootstrap.lock

clean:  ## remove what was set up and what tools left behind; keys and stores stay
	rm -rf $(VENV) *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.uv: config/bootstrap.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' \
		|| { echo "This Python lacks venv. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r config/bootstrap.lock
	@touch $@

# A network with a certificate authority of its own is known to the machine's list only; a bare machine may have no list,
# and then uv's own does.
INSTALL := pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock

$(VENV)/.ready: $(VENV)/.uv requirements.lock pyproject.toml
	$(UV) --system-certs $(INSTALL) || $(UV) $(INSTALL)
	$(UV) pip install --quiet --python $(BIN)/python --offline --no-deps --no-build-isolation --editable .
	@touch $@
