# Everything here needs Python 3.11 or newer and make; the rest is set up in .venv.
PYTHON ?= python3
PORT ?= 8000
VOILA_PORT ?= 8866
BIN := .venv/bin
# From its wheel; it asks nobody for anything.
DENO := DENO_NO_UPDATE_CHECK=1 $(BIN)/deno

.DEFAULT_GOAL := help
.PHONY: help serve test coverage hub check lint format types build bench schema lock clean

help:  ## List what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Setting up .venv (once, a minute or two) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

serve: .venv/.ready  ## Build and serve the book (PORT=8000) and the workshops in Voila (VOILA_PORT=8866)
	@$(BIN)/collabcomm serve --port $(PORT) --voila-port $(VOILA_PORT)

test: .venv/.ready lint types  ## Run everything, the browser tests included
	@$(BIN)/python -m collabcomm.testing.browser
	@$(BIN)/python -m collabcomm.testing.postgres
	@$(BIN)/python -m pytest
	@$(BIN)/python -m pytest --nbval modules quizzes scenarios

coverage: .venv/.ready  ## Run the tests and print what they ran of the package, and what not
	@mkdir -p .cache && $(BIN)/python -m coverage run -m pytest -q
	@$(BIN)/python -m coverage report

hub: .venv/.ready  ## Run the tests of many trainers' JupyterHub (gets it into .cache/hub; needs npm)
	@$(BIN)/python tests/hub.py
	@$(BIN)/python -m pytest -m hub tests/test_hub.py

check: .venv/.ready  ## Report what is wrong with the course
	@$(BIN)/collabcomm check

lint: .venv/.ready  ## Hold style, layers, lengths and the scripts' types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .
	@$(BIN)/lint-imports --no-cache > /dev/null || $(BIN)/lint-imports --no-cache
	@$(BIN)/python tests/lint/lengths.py
	@$(DENO) fmt --check --quiet && $(DENO) lint --quiet
	@$(DENO) check --quiet --no-remote src/collabcomm tests
	@$(DENO) test --quiet --no-remote --allow-read=tests/cases --reporter=dot tests > /dev/null \
	  || $(DENO) test --quiet --no-remote --allow-read=tests/cases tests

format: .venv/.ready  ## Write Python and JavaScript as lint wants them
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet . ; $(DENO) fmt --quiet

types: .venv/.ready
	@$(BIN)/mypy && $(BIN)/mypy --config-file tests/mypy.ini --cache-dir .mypy_cache/tests tests

build: .venv/.ready  ## Build the book into _build/html
	@$(BIN)/collabcomm build

bench: .venv/.ready  ## Print the budgets beside a stock Jupyter Book with jupyterquiz
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps "jupyterquiz==2.9.6.4"
	@$(BIN)/python bench/budgets.py

schema: .venv/.ready  ## Write the JSON Schemas, types.d.ts and the table of item types anew
	@$(BIN)/collabcomm schema src/collabcomm/schema --player src/collabcomm/player

lock: .venv/.ready  ## Resolve the dependencies anew (needs uv)
	@UV_PYTHON_DOWNLOADS=never uv pip compile -q --universal --python-version 3.11 --extra dev \
	  --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml -o requirements.lock

clean:  ## Remove what was built; keeps .venv and the results
	@rm -rf _build .pytest_cache .mypy_cache .ruff_cache .hypothesis
