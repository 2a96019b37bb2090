# Everything happens in .venv, which each target sets up as far as it needs it.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint types check bench outside programs clean
check: lint types test

demo: .venv/.examples
	$(BIN)/python examples/deploy_site.py

test: .venv/.dev
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage report

lint: .venv/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/.dev
	$(BIN)/mypy

bench: .venv/.dev
	$(BIN)/python -m benchmarks

# The programs of tests/outside. Tests of those that are missing are skipped, but fail where the variable CI is set.
outside: .venv/.aws tests/outside/node_modules/.package-lock.json programs

programs:
	sh tests/outside/programs.sh

.venv/.created:
	$(PYTHON) -m venv .venv
	touch $@

.venv/.examples: .venv/.created pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[examples]'
	touch $@

.venv/.dev: .venv/.created pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ .venv/.examples

.venv/.aws: .venv/.created tests/outside/requirements.txt
	$(PYTHON) -m venv .venv/aws
	.venv/aws/bin/pip install --quiet --disable-pip-version-check --requirement tests/outside/requirements.txt
	touch $@

tests/outside/node_modules/.package-lock.json: tests/outside/package.json tests/outside/package-lock.json
	npm ci --prefix tests/outside --no-progress --no-audit --no-fund
	touch $@

clean:
	rm -rf .venv .coverage .mypy_cache .pytest_cache .ruff_cache dist tests/outside/node_modules
