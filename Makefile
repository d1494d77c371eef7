# One verb for everything. `make demo` shows the main job; `make test` is what CI runs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A command, not a target, so that every verb works in a fresh checkout.
STAMP := $(VENV)/.made-from-lock
# The lock file names everything, so nothing has to be resolved; and pip compiles on one processor what many can compile at once.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
# Tests wait a good third of their time, for pages, relays and databases: four workers more than processors keep those busy.
TEST_WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 4)))
# Tests and the demo start hundreds of processes; where bytecode may not be kept, each would compile every module anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: setup demo test check fmt lint types contracts scenarios bench docs clean

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tieout needs Python 3.11 or newer; say which with make PYTHON=…")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --no-deps --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib core bot mail portal || true
	@touch $@

demo: setup
	@.ci/system-packages demo
	$(BIN)/python -m tests.sandbox $(if $(KEEP),--keep)

test check: setup
	.ci/system-packages test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy -n auto
	$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist worksteal $(ONLY)

fmt: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy -n auto

contracts: setup
	$(BIN)/lint-imports

scenarios: setup
	$(BIN)/python -m pytest tests/scenarios

bench: setup
	@.ci/system-packages test
	$(BIN)/python -m tests.bench

docs: setup
	$(BIN)/python -m core.docs

clean:
	rm -rf $(VENV) .tieout build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
