# Everything happens in .venv, which each target sets up as far as it needs it.
PYTHON ?= python3
BIN := .venv/bin
# It looks for packages where the first python is, and would ask whether there is a newer version of it.
PYRIGHT := PATH="$(CURDIR)/$(BIN):$$PATH" PYRIGHT_PYTHON_IGNORE_WARNINGS=1 pyright

.PHONY: demo test lint types check bench dist docs matrix outside programs search mutants clean
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
	$(PYRIGHT)
	$(PYRIGHT) --verifytypes amplify_mock --ignoreexternal

# Looks for what breaks a rule for minutes; the tests do so for moments.
search: .venv/.dev
	$(BIN)/python -m pytest -n 2 --hypothesis-profile=deep tests/test_state_machine.py tests/test_fuzz_inputs.py

# Whether the tests find mistakes that are put into the code; docs/mutants.md tells of it. All of them take hours:
# MUTANTS="--minutes 30" is for a sample, and MUTANTS="*.globs.*" for one file.
mutants: .venv/.mutants
	$(BIN)/python .ci/mutants.py $(MUTANTS)

bench: .venv/.dev
	$(BIN)/python -m benchmarks --write docs/performance.md

# The variable takes out what the theme has to say about its own future; warnings about these pages fail.
docs: .venv/.docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict
	@echo "The pages are in site/index.html."

# Builds what is released into dist/, and checks it.
dist: .venv/.dist
	rm -rf dist
	$(BIN)/python .ci/distributions.py

# The tests with every minor version of botocore. MATRIX=--quick is for every day, and MATRIX="1.35.0 newest" for single ones.
matrix: .venv/.uv
	$(BIN)/python .ci/matrix.py $(MATRIX)

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

.venv/.dist: .venv/.created
	$(BIN)/pip install --quiet --disable-pip-version-check build twine
	touch $@

.venv/.uv: .venv/.created
	$(BIN)/pip install --quiet --disable-pip-version-check uv
	touch $@

.venv/.mutants: .venv/.dev
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[mutants]'
	touch $@

.venv/.docs: .venv/.created pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[docs]'
	touch $@

.venv/.aws: .venv/.created tests/outside/requirements.txt
	$(PYTHON) -m venv .venv/aws
	.venv/aws/bin/pip install --quiet --disable-pip-version-check --requirement tests/outside/requirements.txt
	touch $@

tests/outside/node_modules/.package-lock.json: tests/outside/package.json tests/outside/package-lock.json
	npm ci --prefix tests/outside --no-progress --no-audit --no-fund
	touch $@

clean:
	rm -rf .venv .coverage .mypy_cache .pytest_cache .ruff_cache build dist site tests/outside/node_modules
