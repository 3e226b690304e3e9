# make serve   build and serve the knowledge base on http://127.0.0.1:8000
# make test    run the tests but for the long ones; make test TESTFLAGS= runs all, TESTFLAGS=--cov with coverage
# make soak    a server under load, attack and chance for a quarter of an hour
# make bench   measure everything beside its peers and write build/bench/report.html; SIZE=S to try, SIZE=L for the large
# make check   what CI checks beside the tests: style, types, the data itself, the repository
# make messages  write the texts of pages to the catalogue that translations begin with
# Each makes its own environment in .venv first; PYTHON chooses the interpreter (3.11 or newer).

PYTHON ?= python3
TESTFLAGS ?= -m "not long and not soak"
HOST ?= 127.0.0.1
PORT ?= 8000
SIZE ?= M
BENCHFLAGS ?=
FORMAT ?= $(if $(GITHUB_ACTIONS),github,text)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: serve test check soak bench messages clean

serve: $(VENV)/installed
	$(BIN)/testimonia serve --host $(HOST) --port $(PORT)

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest $(TESTFLAGS)

check: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/testimonia check --format $(FORMAT)
	$(BIN)/testimonia verify
	$(BIN)/testimonia build --reference
	$(BIN)/python -m pytest -q tests/repository

$(VENV)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Testimonia needs Python 3.11 or newer; say where it is: make PYTHON=python3.12 …" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed: $(VENV)/pip pyproject.toml hatch_build.py $(wildcard api/browser/* api/browser/src/*)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(VENV)/installed-bench: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@

soak: $(VENV)/installed-dev
	SOAK_SECONDS=600 SOAK_REQUESTS=20000 $(BIN)/python -m pytest -s tests/soak tests/attacks

bench: $(VENV)/installed-bench
	$(BIN)/python -m benchmarks.report --size $(SIZE) $(BENCHFLAGS)

messages: $(VENV)/installed-dev
	$(BIN)/python tests/messages.py

clean:
	rm -rf $(VENV)
