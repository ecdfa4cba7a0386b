# Everything a person does with this repository. `make` alone lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PEILUNG_PORT ?= 8080
export PEILUNG_HOME ?= var

.DEFAULT_GOAL := help

.PHONY: help
help: ## List what can be done
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

# pip shows its own progress on a terminal and stays quiet elsewhere.
PIP_INSTALL = [ -t 1 ] && quiet= || quiet=--quiet; \
  $(BIN)/python -m pip install $$quiet --disable-pip-version-check --require-hashes

$(VENV)/.run: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Peilung needs Python 3.11 or newer, not " + sys.version.split()[0]) if sys.version_info < (3, 11) else 0'
	@echo "Installing $$(grep -c == requirements.lock) Python packages into $(VENV), this once; it takes about a minute …"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP_INSTALL) -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installing the development tools into $(VENV), this once …"
	@$(PIP_INSTALL) -r requirements-dev.lock
	@touch $@

.PHONY: run
run: $(VENV)/.run ## Install what is missing and start everything on this machine (PEILUNG_PORT, PEILUNG_HOME)
	@exec $(BIN)/python -m deploy.local

.PHONY: reset
reset: ## Delete the local state of `make run` (asks the running one to stop first)
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m deploy.local reset; else rm -rf "$(PEILUNG_HOME)"; fi

.PHONY: test
test: $(VENV)/.dev ## Run every tier this machine can run; says which ran and why one did not
	@$(BIN)/python -m tests.run

.PHONY: check
check: $(VENV)/.dev ## Lint, format, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: bench
bench: $(VENV)/.dev ## Print the performance table with ratios to the yardstick
	@$(BIN)/python -m bench

.PHONY: docs
docs: $(VENV)/.dev ## Write the generated pages again (settings, events, metrics)
	@$(BIN)/python -m tests.rules.generated write

.PHONY: format
format: $(VENV)/.dev ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: lock
lock: $(VENV)/.dev ## Pin the newest allowed dependencies with hashes (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --upgrade -o requirements.lock
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --upgrade -c requirements.lock -o requirements-dev.lock

.PHONY: up
up: ## Start the production set of containers (docker compose)
	@deploy/up

.PHONY: down
down: ## Stop the containers; data stay in the volumes
	@docker compose down 2>/dev/null || docker-compose down
