# Run `make` for a list. Everything happens in .venv; nothing else on the machine is touched.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
REPLICATES ?= 5000
UV ?= uv
# These come first: whoever is done early then still finds short files to take. `make quick` leaves them out.
WHOLE_RUNS := tests/unit/study tests/unit/cli tests/contract tests/golden tests/unit/report

.DEFAULT_GOAL := help
.PHONY: help setup study quick test test-slow check format bench docs locks

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/core ## prepare .venv with the locked dependencies

study: .venv/core ## run the rescue-stenting study (REPLICATES=200 for a quick look, in a folder of its own)
	$(BIN)/twoarm run rescue-stenting --replicates $(REPLICATES) --resume \
		--out runs/rescue-stenting$(if $(filter-out 5000,$(REPLICATES)),-$(REPLICATES))

quick: .venv/test ## run what a minute can hold: unit tests without whole runs, examples in docstrings
	$(BIN)/python -m twoarm.learners.warm
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -q -m "not slow and not seconds" \
		--hypothesis-profile quick --durations 5 --durations-min 4 $(WHOLE_RUNS:%=--ignore=%) \
		tests/architecture tests/unit src/twoarm

test: .venv/test ## run all tests but the slow ones
	$(BIN)/python -m twoarm.learners.warm
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -q $(WHOLE_RUNS) tests src/twoarm

test-slow: .venv/test ## run the long statistical tests
	$(BIN)/python -m twoarm.learners.warm
	$(BIN)/python -m pytest -n 2 -q -m slow

check: .venv/test ## lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/test ## format the code and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/test ## measure this machine against other libraries (MILLION=1 adds 10^6 patients)
	$(BIN)/python -m benchmarks.bench $(if $(MILLION),--million)

docs: .venv/docs ## build the documentation into docs/_build/html
	$(BIN)/sphinx-build -W -q docs docs/_build/html
	@echo docs/_build/html/index.html

locks: ## renew the locks (maintainers; needs uv)
	$(UV) pip compile pyproject.toml --generate-hashes --no-header --no-annotate -q --python-version 3.11 \
		--extra boost --extra cluster --extra examples --extra serve --group build --group test -o requirements/test.lock
	$(UV) pip compile pyproject.toml --generate-hashes --no-header --no-annotate -q --python-version 3.11 \
		--group build -c requirements/test.lock -o requirements/core.lock
	$(UV) pip compile pyproject.toml --generate-hashes --no-header --no-annotate -q --python-version 3.11 \
		--extra boost --extra cluster --extra examples --extra serve --group build --group test --group docs -c requirements/test.lock -o requirements/docs.lock

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "twoarm needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv .venv

define install
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/$(1).lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
endef

.venv/core: requirements/core.lock pyproject.toml | .venv/bin/python
	$(call install,core)

.venv/test: requirements/test.lock pyproject.toml | .venv/bin/python
	$(call install,test)
	@touch .venv/core

.venv/docs: requirements/docs.lock pyproject.toml | .venv/bin/python
	$(call install,docs)
	@touch .venv/core .venv/test
