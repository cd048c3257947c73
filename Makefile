.PHONY: demo test setup lint web-test py-test wheel clean

# Compiled modules are what makes a start take one second instead of ten.
unexport PYTHONDONTWRITEBYTECODE

# SIMULATE=0 leaves the simulated customers out; PORT and DATA move the demo elsewhere.
SIMULATE ?= 1
PORT ?= 8600
DATA ?= .demo

demo: setup
	@.venv/bin/xinfu init --demo --data $(DATA) # the demo shop is part of the set-up; an existing one of today is left as it is
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
	.venv/bin/pytest -n 2 --dist loadfile --no-loadscope-reorder

wheel: setup
	rm -rf src/xinfu/static && cp -r web/dist src/xinfu/static && rm -f src/xinfu/static/.built
	.venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip -q
	.venv/bin/python -m pip wheel -q --no-deps -w dist . ; rm -rf src/xinfu/static

clean:
	rm -rf .venv web/node_modules web/dist .demo
