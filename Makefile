# Everything happens in .venv, which each target sets up as far as it needs it.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint types check clean
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

.venv/.created:
	$(PYTHON) -m venv .venv
	touch $@

.venv/.examples: .venv/.created pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[examples]'
	touch $@

.venv/.dev: .venv/.created pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ .venv/.examples

clean:
	rm -rf .venv .coverage .mypy_cache .pytest_cache .ruff_cache dist
