# Rounds. A bare `make` lists what there is.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

export UV_PYTHON_DOWNLOADS := never

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo run test check lint types contracts templates golden email-checks email-lock caniemail faults soak bench compliance lock reset

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP)-run ## Install what Rounds needs into .venv, and nothing anywhere else

demo: $(STAMP)-run ## Show it all on this machine until Ctrl-C (ONCE=1: all weeks at once, a summary, and the end)
	@$(BIN)/rounds demo $(if $(ONCE),--once)

run: $(STAMP)-run ## Run the service: the embedded servers, or DATABASE_URL, REDIS_URL and ROUNDS_SMTP_URL
	@$(BIN)/rounds run

test: $(STAMP)-dev ## Run every test against real servers (ARGS=... goes to pytest)
	@$(BIN)/pytest -n $(or $(WORKERS),4) --dist loadfile --no-loadscope-reorder $(ARGS)

check: lint types contracts templates test ## Everything that CI asks: lint, types, contracts, templates, tests

lint: $(STAMP)-dev ## Style, and the format of the code
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: $(STAMP)-dev ## Types, strictly in core
	@$(BIN)/mypy

contracts: $(STAMP)-dev ## Who may import whom
	@$(BIN)/lint-imports

templates: $(STAMP)-dev ## The MJML that the emails may use
	@$(BIN)/pytest -n 0 tests/gateways/test_mjml.py tests/gateways/test_mjml_golden.py

golden: $(STAMP)-dev ## Write the golden emails again; read the difference before you commit it
	@$(BIN)/python -m tests.golden.rewrite

email-checks: tools/email-checks/node_modules ## Install what judges the letters in tests: the reference MJML, html-validate

email-lock: $(STAMP)-dev ## Write the lock of what `make email-checks` installs again
	@$(BIN)/python tools/email_checks_lock.py

caniemail: $(STAMP)-dev ## Write again what mail clients know, from caniemail's data (VERSION=2.0.2)
	@$(BIN)/python tools/caniemail.py $(or $(VERSION),2.0.2)

faults: $(STAMP)-dev ## Judge every promise by faults and by mutants, in short (ROWS="C1.*" SEED=n; ARGS=...)
	@$(BIN)/python -m tests.faults $(if $(ROWS),--rows "$(ROWS)") $(if $(SEED),--seed $(SEED)) $(ARGS)

soak: $(STAMP)-dev ## Every fault at once, at random (MINUTES=60 SEED=n)
	@$(BIN)/python -m tests.faults --soak $(or $(MINUTES),60) $(if $(SEED),--seed $(SEED))

bench: $(STAMP)-run bench/peers/node_modules ## Measure side by side with others (N=10000 ROUNDS=3 CONNECTIONS="1 8 32")
	@N="$(N)" ROUNDS="$(ROUNDS)" CONNECTIONS="$(CONNECTIONS)" RECIPIENTS="$(RECIPIENTS)" HEADLINE="$(HEADLINE)" ONLY="$(ONLY)" $(BIN)/python -m bench

compliance: $(STAMP)-dev ## Write docs/compliance.md from the marks of the tests
	@$(BIN)/python tools/compliance.py

lock: $(STAMP)-dev ## Write the lock files again from pyproject.toml
	@$(BIN)/python tools/lock.py

reset: ## Clear the data of the demonstration and of `make run`
	@if [ -x $(BIN)/python ]; then $(BIN)/python tools/reset.py; else $(PYTHON) tools/reset.py; fi

# Installing. A stamp is newer than the lock that it installed, so that a second start costs nothing.

$(STAMP)-run: requirements.lock pyproject.toml tools/bootstrap.py
	@$(PYTHON) tools/bootstrap.py requirements.lock $@

$(STAMP)-dev: requirements-dev.lock pyproject.toml tools/bootstrap.py
	@$(PYTHON) tools/bootstrap.py requirements-dev.lock $@
	@touch $(STAMP)-run

setup-dev: $(STAMP)-dev

tools/email-checks/node_modules: tools/email-checks/package.json tools/email-checks/package-lock.json
	@npm ci --prefix tools/email-checks --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# What `make bench` measures against. The lock holds the hash of each package and no address.
bench/peers/node_modules: bench/peers/package.json bench/peers/package-lock.json
	@npm ci --prefix bench/peers --no-audit --no-fund --loglevel=error
	@touch $@
