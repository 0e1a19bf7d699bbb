# Plain `make` lists the targets. `make demo` and `make test` do all set-up themselves.
# PYTHON chooses the interpreter that the environment in .venv is made with.

VENV := .venv
BIN := $(VENV)/bin
QGIS_VENV := .venv-qgis
STAMP := $(VENV)/.installed
DEMO := demo
PYTEST_ARGS ?= -n 2 --dist loadfile
QGIS_PYTEST_ARGS ?=
# What `make wheels` collects: onnx to find buildings, tensorflow to train as well.
EXTRA ?= onnx

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-qgis lint plugin wheels bench

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

$(STAMP): setup.cfg constraints.txt scripts/make_venv.sh
	@sh scripts/make_venv.sh $(VENV)
	@touch $@

setup: $(STAMP) ## Make .venv with everything that geoseg needs

demo: $(STAMP) ## Make a sample raster, find its buildings, and measure how good they are
	$(BIN)/geoseg sample -o $(DEMO) --seed 6 --overwrite
	$(BIN)/geoseg predict $(DEMO)/sample.tif -o $(DEMO)/buildings.geojson \
		-o $(DEMO)/buildings.osm --preview $(DEMO)/preview.png --overwrite
	$(BIN)/geoseg evaluate $(DEMO)/buildings.geojson $(DEMO)/sample_truth.geojson
	@echo
	@echo "buildings:           $(DEMO)/buildings.geojson"
	@echo "buildings for JOSM:  $(DEMO)/buildings.osm"
	@echo "picture:             $(DEMO)/preview.png"

test: lint ## Check the code, then run all tests
	$(BIN)/python -m pytest $(PYTEST_ARGS)
	@$(MAKE) --no-print-directory test-qgis

test-qgis: $(STAMP) ## Run the tests inside QGIS, where it is installed
	@sh scripts/make_qgis_venv.sh $(QGIS_VENV)
	@if [ -e $(QGIS_VENV)/.installed ]; then \
		$(QGIS_VENV)/bin/python -m pytest -c tests/qgis/inside/pytest.ini \
			$(QGIS_PYTEST_ARGS) tests/qgis/inside; \
	else echo "the tests inside QGIS are left out"; fi

lint: $(STAMP) ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@if $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then $(BIN)/mypy; \
	else echo "mypy is left out: the types of NumPy for Python 3.10 are too coarse"; fi

plugin: $(STAMP) ## Pack the QGIS plugin into dist/
	$(BIN)/python scripts/make_plugin.py

wheels: $(STAMP) ## Collect in dist/wheels what the plugin installs where there is no internet
	@rm -rf build dist/wheels
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --constraint constraints.txt \
		--wheel-dir dist/wheels '.[$(EXTRA)]'
	@echo "$$(ls dist/wheels | wc -l) wheels for this machine's Python in dist/wheels"

bench: $(STAMP) ## Measure the speed of prediction by stage
	$(BIN)/python tests/benchmarks/bench_predict.py
