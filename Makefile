# Everything a person or CI does here, one word each. `make help` lists it.
SHELL := /bin/sh
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
NODE_STAMP := vscode-extension/node_modules/.installed
EDITOR_STAMP := tests/editor/node_modules/.installed

# Many tests wait for a process, so more run at once than a small machine has cores. Not so with an editor, which takes such a machine for itself.
PARALLEL ?= -n 4 --dist loadfile --no-loadscope-reorder

# The platforms to package for: `all`, or some of linux-x64 linux-arm64 darwin-x64 darwin-arm64 win32-x64.
TARGET ?= all

.DEFAULT_GOAL := help
.PHONY: help demo code test test-editor test-fast check lint typecheck format bench package setup julia clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{ printf "  \033[1mmake %-12s\033[0m %s\n", $$1, $$2 }'

demo: $(STAMP) julia ## Run the example on this computer: bundle, job, live log, results
	@sh scripts/demo.sh $(BIN)

code: $(STAMP) julia $(NODE_STAMP) ## Open the example in a real VS Code in the browser
	@VENV="$(abspath $(VENV))" sh scripts/code.sh

test: check $(STAMP) julia $(NODE_STAMP) $(EDITOR_STAMP) ## Run every check and every test, installing what they need
	cd vscode-extension && npm test --silent
	$(BIN)/pytest $(PARALLEL) -m "not editor"
	$(BIN)/pytest -m editor tests/editor

test-editor: $(STAMP) julia $(NODE_STAMP) $(EDITOR_STAMP) ## Run the tests in real VS Code; pictures in tests/editor/screenshots
	$(BIN)/pytest -m editor tests/editor

test-fast: $(STAMP) ## Run the tests that need neither Julia nor an editor
	$(BIN)/pytest $(PARALLEL) -m "not julia and not editor"

check: lint typecheck ## Lint and type-check everything

lint: $(STAMP) $(NODE_STAMP) ## Ruff and ESLint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	cd vscode-extension && npm run --silent lint

typecheck: $(STAMP) $(NODE_STAMP) ## mypy --strict and strict TypeScript
	$(BIN)/mypy
	cd vscode-extension && npm run --silent typecheck

format: $(STAMP) ## Format the Python code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP) julia ## Measure against real peers in the same run; writes bench.json
	$(BIN)/python -m tests.bench

package: $(STAMP) $(NODE_STAMP) ## Make a VSIX for every platform, or for TARGET, in dist/
	cd vscode-extension && PYTHON="$(abspath $(BIN))/python" TARGETS="$(TARGET)" npm run --silent package

setup: $(STAMP) $(NODE_STAMP) ## Install what development needs, and the git hooks
	$(BIN)/pre-commit install

julia:
	@sh scripts/install-julia.sh > /dev/null

$(STAMP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed; this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

$(NODE_STAMP): vscode-extension/package.json vscode-extension/package-lock.json
	cd vscode-extension && npm ci --silent --no-audit --no-fund
	@touch $@

$(EDITOR_STAMP): tests/editor/package.json tests/editor/package-lock.json
	cd tests/editor && npm ci --silent --no-audit --no-fund
	@touch $@

clean: ## Remove everything that was made here
	rm -rf $(VENV) vscode-extension/node_modules vscode-extension/dist vscode-extension/bundled tests/editor/node_modules \
	  tests/editor/screenshots tests/webview/screenshots bench.json .mypy_cache .ruff_cache .pytest_cache .hypothesis
