# make demo     install into .venv and make the first film
# make test     install what the tests need and run them
# make check    lint and type-check
# make figures  make every figure, and the small pictures of docs/figures.md
# make reference   write the keys into docs/config.md
# make bench    measure speed and size beside what people write by hand, at most 20 minutes; ROWS=3,9 for some rows
# make soak     the slow test campaigns
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo test check figures reference soak bench clean

demo: .venv/run.stamp
	$(BIN)/relu-anim run configs/quadratic_2neuron.yaml

test: .venv/test.stamp
	$(BIN)/python -m pytest -n auto --dist loadgroup --no-loadscope-reorder -m "not soak"

figures: .venv/test.stamp
	$(BIN)/relu-anim run configs/*.yaml
	$(BIN)/python docs/thumbnails.py

reference: .venv/run.stamp
	$(BIN)/python docs/reference.py

soak: .venv/test.stamp
	$(BIN)/python -m pytest -n auto -m soak

bench: .venv/test.stamp
	$(BIN)/python benchmarks/bench.py $(ROWS)

check: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy tests/helpers/typed.py

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/bin/python:
	$(PYTHON) -m venv .venv

# One stamp for each set of packages, made anew when the sets or their versions change.
.venv/run.stamp: .venv/bin/python pyproject.toml constraints.txt
	@echo "Installing into .venv, which takes a minute or two."
	$(PIP) -e .
	@touch $@

.venv/test.stamp: .venv/run.stamp
	$(PIP) -e ".[test]"
	@touch $@

.venv/dev.stamp: .venv/test.stamp
	$(PIP) -e ".[dev]"
	@touch $@
