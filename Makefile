# Two commands do it all on a bare machine: `make demo` and `make test`.
# Each makes .venv first: with uv where it is on PATH, else with python3 and pip.
PYTHON ?= python3
BIN    := .venv/bin
READY  := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help demo up test faults faults-unprotected faults-long check format bench bench-intake fuzz schema clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): pyproject.toml constraints.txt
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python "$(PYTHON)" .venv && \
	  uv pip install --quiet --python .venv/bin/python -c constraints.txt -e '.[dev]'; \
	else \
	  "$(PYTHON)" -m venv .venv && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'; \
	fi
	@touch $@

demo: $(READY) ## run the main job once on 200 sample items, and show what came out
	@$(BIN)/saring demo

up: $(READY) ## run all parts on this machine until stopped
	@$(BIN)/saring up

# Files side by side, one at each core; each file's own servers stay together.
TESTS  := $(BIN)/python -m pytest --numprocesses auto --dist loadfile

test: $(READY) ## run every test but the fault suite
	$(TESTS) -m 'not matrix and not unprotected and not schedule'

faults: $(READY) ## the fault suite: every fault on real processes, and a table
	$(TESTS) --dist load -m matrix tests/faults/test_matrix.py

faults-unprotected: $(READY) ## the same, each without its protection: it must do harm
	$(TESTS) --dist load -m unprotected tests/faults/test_matrix.py

faults-long: $(READY) ## half an hour of random faults: make faults-long SEED=7 MINUTES=30
	$(BIN)/python -m pytest -q -s -m schedule tests/faults/test_schedule.py

check: $(READY) ## format, lint, types, imports, unit tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(TESTS) tests/unit tests/contract

format: $(READY) ## rewrite the code in the project's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## items/s and CPU ms per item: stages, queue, ledger, broker
	@$(BIN)/saring bench

bench-intake: $(READY) ## the door under load: items/s, p50/p99, fairness; every 202 in the ledger
	@$(BIN)/saring bench intake

fuzz: $(READY) ## 2,000 cases from the OpenAPI document, and ten minutes of raw bytes, at the intake
	FUZZ_EXAMPLES=700 FUZZ_LEAST_CASES=2000 FUZZ_SECONDS=600 $(BIN)/python -m pytest -q -s tests/fuzz

schema: $(READY) ## write docs/schema from the payload models
	@$(BIN)/saring schema docs/schema

clean: ## remove the environment and the data of `saring up` and `saring demo`
	rm -rf .venv .saring .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
