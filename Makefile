# Topowave. `make run` starts the lab, `make test` tests it; `make help` tells the rest.
# Needed: Python >= 3.11 with venv, and Node >= 20. Paths here are relative, so a clone may lie anywhere.

.DEFAULT_GOAL := help
LINTERS := pyright mypy tsc eslint contracts ruff
.PHONY: help run test test-fast lint format lock bench bench-page experiment reliability clean $(LINTERS)

VENV := .venv/bin
CORES := $(shell getconf _NPROCESSORS_ONLN)
# Options for what is run, as in: make run ARGS="--topology my.json", make test-fast ARGS="-k ring"
ARGS ?=

# The first Python that is new enough.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
SET_UP = @test -n "$(PYTHON)" || { echo "Python >= 3.11 is needed and was not found" >&2; exit 1; }; \
	"$(PYTHON)" scripts/set_up.py

# A file's tests stay in one process, and tests/conftest.py has the files in the order that makes the run short.
PARALLEL := --numprocesses=auto --maxprocesses=12 --dist=loadfile --no-loadscope-reorder
# The quick tests wait for half of their time, so two processes more than there are cores are busy too.
QUICK := --numprocesses=$(shell expr $(CORES) + 2) --maxprocesses=12 --dist=loadfile --no-loadscope-reorder

# Pyright comes in its wheel, so it needs no download; it must not ask for a newer one either.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

help: ## Tell what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

run: ## Set up what is missing and start the lab on topology.json; Ctrl-C stops it
	$(SET_UP) run
	@exec $(VENV)/python -m topowave up $(ARGS)

test: ## Set up what tests need, a browser included, and run everything
	$(SET_UP) test
	@cd frontend && npm test --silent < /dev/null
	@TOPOWAVE_CHROMIUM="$$(cat .venv/chromium)" $(VENV)/python -m pytest $(PARALLEL) $(ARGS) < /dev/null

test-fast: ## Run the quick unit tests only: a minute or two
	$(SET_UP) lint run
	@$(VENV)/python -m pytest $(QUICK) -m "unit and not slow" $(ARGS) < /dev/null

lint: ## Style, types and import contracts, of Python and of the page
	$(SET_UP) lint
	@$(MAKE) --no-print-directory --keep-going --jobs=$(CORES) \
		$(if $(filter output-sync,$(.FEATURES)),--output-sync=target) $(LINTERS)

ruff:
	@echo "==> ruff" && $(VENV)/python -m ruff check . && $(VENV)/python -m ruff format --check .
mypy:
	@echo "==> mypy" && $(VENV)/python -m mypy
pyright:
	@echo "==> pyright" && $(VENV)/python -m pyright
contracts:
	@echo "==> import contracts" && $(VENV)/lint-imports
eslint:
	@echo "==> eslint" && cd frontend && npm run --silent lint
tsc:
	@echo "==> tsc" && cd frontend && npm run --silent typecheck

format: ## Put the Python sources into ruff's form
	$(SET_UP) lint
	@$(VENV)/python -m ruff check --fix . ; $(VENV)/python -m ruff format .

lock: ## Pin the Python packages anew after a change in pyproject.toml (UPGRADE=1: to the newest)
	$(SET_UP) $(if $(UPGRADE),upgrade,lock)

bench: ## Measure waves, start, memory and idling against a raw TCP tree, tasks with and without their journal and through a lab, a journal of a million tasks, the engine against the pools of concurrent.futures, the simulator and load in virtual time against SimPy, a plan of each balancing policy for 100,000 nodes, what watching a lab of 1,000 nodes costs its balancer, and a sweep of 1,000 runs in one process and in two
	$(SET_UP) run
	@$(VENV)/python -m benchmarks $(ARGS)
	@$(VENV)/python -m benchmarks.tasks
	@$(VENV)/python -m benchmarks.store
	@$(VENV)/python -m benchmarks.engine
	@$(VENV)/python -m benchmarks.lab_tasks
	@$(VENV)/python -m benchmarks.simulator_echo
	@$(VENV)/python -m benchmarks.load_simpy
	@$(VENV)/python -m benchmarks.policies
	@$(VENV)/python -m benchmarks.watching
	$(SET_UP) experiments
	@$(VENV)/python -m benchmarks.sweep

bench-page: ## Measure what the page costs: a browser before a busy lab of 1,000 nodes, a list of a million tasks (ten minutes), how soon each page is there, how smooth a run is gone through
	$(SET_UP) test
	@TOPOWAVE_CHROMIUM="$$(cat .venv/chromium)" $(VENV)/python -m benchmarks.page $(ARGS)

SCENARIO := docs/experiments/policies.yaml
experiment: ## Compare balancing policies on a real log, with tables and a report in results/; ARGS=FILE runs another scenario
	$(SET_UP) experiments
	@$(VENV)/python -m topowave experiment run $(or $(ARGS),$(SCENARIO))

reliability: ## Do every fault to real processes at length (10 to 15 minutes), fuzz, and write docs/reliability.md; ARGS=--quick to try
	$(SET_UP) test
	@$(VENV)/python -m tests.faults $(ARGS)

clean: ## Remove everything that was set up, built or cached
	rm -rf .venv frontend/node_modules frontend/dist build *.egg-info test-results
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
