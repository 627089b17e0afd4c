.DEFAULT_GOAL := help
.PHONY: help demo test check format picture scores compact wheel clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
SOURCES := alignment service migrations tests

help: ## show what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Triptych needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(INSTALLED) ## set up, translate and align the example article, serve its review page
	$(BIN)/triptych demo $(ARGS)

test: $(INSTALLED) chromium ## set up and run every test
	$(BIN)/coverage erase
	$(BIN)/pytest -n logical --maxprocesses 4 --dist worksteal --cov --cov-report= $(ARGS)
	$(BIN)/coverage report

check: $(INSTALLED) ## formatter, linters, types, layers
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(INSTALLED) ## format and mend what can be mended
	$(BIN)/ruff check --fix-only --quiet $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

picture: $(INSTALLED) chromium ## take the README's pictures of the review page again
	$(BIN)/python docs/take_picture.py

scores: $(INSTALLED) ## score the packaged models on the sets in the folder SETS, for docs/models.md
	$(BIN)/python docs/scores.py $(SETS)

# Seeded by the clock: another time the same data come in another order.
compact: .work/compact/plan.json .work/compact-into-english/plan.json ## train the packaged models further: PAIRS=FOLDER SETS=FOLDER TIME=10h
	$(if $(TIME),,$(error say TIME=10h))
	$(BIN)/triptych train .work/compact --time $(TIME) --cool
	$(BIN)/triptych train .work/compact-into-english --time $(TIME) --cool

.work/compact/plan.json: WAYS := --direction en-fr --direction en-ru
.work/compact-into-english/plan.json: WAYS := --direction fr-en --direction ru-en
.work/%/plan.json: | $(INSTALLED)
	$(if $(and $(PAIRS),$(SETS),$(TIME)),,$(error say PAIRS=FOLDER SETS=FOLDER TIME=10h))
	$(BIN)/triptych train $(@D) $(PAIRS) --prepare $(WAYS) --from service/mt/models/$* --test $(SETS) \
	  --dev $(PAIRS)/wmt-news-dev.tsv.xz --weights docs/compact-weights.json --seed $$(date +%s) --licence "see LICENSE.md"

wheel: $(INSTALLED) ## build the wheel into dist/
	rm -rf build
	$(BIN)/python -m build --wheel --outdir dist

clean: ## remove what was built, the environment included
	rm -rf $(VENV) build dist *.egg-info .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# Browser tests need Chromium: ours by apt where it is missing and we may, else they are skipped loudly.
.PHONY: chromium
chromium:
	@if [ -n "$$TRIPTYCH_CHROMIUM" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing Chromium for the browser tests"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation >/dev/null \
	  || echo "Chromium could not be installed: the browser tests will be skipped"; \
	else echo "Chromium is missing: the browser tests will be skipped (apt-get install chromium, or set TRIPTYCH_CHROMIUM)"; fi
