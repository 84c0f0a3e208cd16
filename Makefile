# Kring's commands. `make demo` shows it, `make test` proves it; both install what they need into .venv.

BIN := .venv/bin
DEMO_HOME ?= demo-home
CODE := etl queries flows dashboard tests benchmarks
# Files of tests are shared out over this many processes; the tests of one file stay together.
WORKERS ?= 2
# Without colours and pagers a log stays readable; Prefect and Streamlit stay silent towards the outside.
export DO_NOT_TRACK := 1

.DEFAULT_GOAL := help
.PHONY: help demo test test-long lint format types shots bench bench-small dictionary clean

help: ## these lines
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: .venv/installed-run ## the demo network on http://127.0.0.1:8501
	$(BIN)/kring demo --home $(DEMO_HOME)

test: lint ## format, lint, types and every test, within 20 minutes on 2 cores
	@sh scripts/chromium.sh
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile

test-long: lint ## the same with full counts, and the tests marked long
	@sh scripts/chromium.sh
	$(BIN)/python -m pytest --long --timeout 3600 --numprocesses $(WORKERS) --dist loadfile

lint: .venv/installed-dev ## format, lint and types, changing nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(CODE)

format: .venv/installed-dev ## format the code and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

shots: .venv/installed-dev ## a picture of every page into shots/
	@sh scripts/chromium.sh
	$(BIN)/python -m tests.browser.shots

bench: .venv/installed-dev ## the full benchmarks with their goals (many minutes, 15 GB of disk)
	$(BIN)/python -m benchmarks.scale --people 1000000 --attendances 10000000 --limits full
	$(BIN)/python -m benchmarks.reading --limits full

bench-small: .venv/installed-dev ## about a minute, with loose limits
	$(BIN)/python -m benchmarks.scale --people 20000 --attendances 200000 --limits loose
	$(BIN)/python -m benchmarks.reading --rows 500000 --files 100 --limits loose

dictionary: .venv/installed-dev ## write docs/data-dictionary.md from the schema
	$(BIN)/python -m etl.schema.dictionary --write

# The stamps make a second `make` fast; they are older than pyproject.toml or constraints.txt when those change.
.venv/installed-run: pyproject.toml constraints.txt scripts/install.sh
	sh scripts/install.sh .

.venv/installed-dev: pyproject.toml constraints.txt scripts/install.sh
	sh scripts/install.sh ".[dev]"

clean: ## remove the virtual environment, caches and the demo home
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis shots $(DEMO_HOME)
