# make run: set up and start the app.  make test: set up and run every test.  Each alone, on a fresh clone.
# make quick: the first case of each test, without browser, training, real photos and what is marked slow, for every
# save; at most 90 s on two cores. make test takes at most twelve minutes there; what would exceed them goes to
# benchmarks/.
PYTHON ?= python3
PORT ?= 8501
HOST ?= 127.0.0.1
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --quiet --no-compile
# What pip would do on one core only; some packages ship templates that are no Python.
COMPILE := $(BIN)/python -m compileall -qq -j 0 .venv/lib >/dev/null 2>&1 || true
# Bytecode is kept, whatever the environment says: tests and the processes that they start are compiled once.
PYTEST := PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --dist loadfile \
  --no-loadscope-reorder

.PHONY: run test quick check demo tables benchmark clean

run: .venv/installed
	@echo "The app is at http://localhost:$(PORT)"
	$(BIN)/streamlit run app.py --server.address $(HOST) --server.port $(PORT) --server.headless true

test: .venv/installed-for-tests
	$(PYTEST)

quick: .venv/installed-for-tests
	$(PYTEST) -m quick

check: .venv/installed-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

demo: .venv/installed
	$(BIN)/python -m concepts demo

tables: .venv/installed
	$(BIN)/python -m docs.tables

benchmark: .venv/installed-for-tests
	$(BIN)/python -m benchmarks.report
	$(BIN)/python -m benchmarks.truth
	$(BIN)/python -m benchmarks.marks
	$(BIN)/python -m benchmarks.extraction
	$(BIN)/python -m benchmarks.faithfulness
	$(BIN)/python -m benchmarks.words
	$(BIN)/python -m benchmarks.haystack
	$(BIN)/python -m benchmarks.bridge
	$(BIN)/python -m benchmarks.naming
	$(BIN)/python -m benchmarks.search
	$(BIN)/python -m benchmarks.pages

clean:
	rm -rf .venv

.venv/installed: requirements.txt
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; choose one: make PYTHON=python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(INSTALL) -r requirements.txt
	$(COMPILE)
	touch $@

.venv/installed-for-tests: .venv/installed requirements-test.txt
	$(INSTALL) -r requirements-test.txt
	$(COMPILE)
	touch $@
