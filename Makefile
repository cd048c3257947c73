.PHONY: demo test setup lint web-test py-test bench clean

# SIMULATE=0 leaves the simulated customers out; PORT and DATA move the demo elsewhere.
SIMULATE ?= 1
PORT ?= 8600
DATA ?= .demo

demo: setup
	.venv/bin/xinfu demo --data $(DATA) --port $(PORT) $(if $(filter 0,$(SIMULATE)),--no-simulate,)

test: setup lint web-test py-test

setup:
	@scripts/setup

lint:
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports

web-test:
	cd web && PATH="$(CURDIR)/.venv/bin:$$PATH" npm run check --silent

py-test:
	@scripts/check-system
	.venv/bin/pytest -n 2 --dist loadfile

bench: setup
	.venv/bin/python benchmarks/run.py

clean:
	rm -rf .venv web/node_modules web/dist .demo
