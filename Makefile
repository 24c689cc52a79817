# make run: set up and start the app.  make test: set up and run every test.  Each alone, on a fresh clone.
# make quick: the first case of each test, without browser, training, real photos and what is marked slow, for every
# save; at most 90 s on two cores. make test takes at most twelve minutes there; what would exceed them goes to
# benchmarks/.
# make compiled: set up for users who may not write here (deploy/): bytecode of packages and program is made now.
PYTHON ?= python3
PORT ?= 8501
HOST ?= 127.0.0.1
BIN := .venv/bin
UV := uv==0.13.9
# Bytecode is kept, whatever the environment says: what processes import is compiled once.
export PYTHONDONTWRITEBYTECODE :=
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

# $(call install,FILE): by uv, several times faster than pip; by pip where uv is not to be had or finds no package index.
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet
install = $(BIN)/uv pip install --quiet --python $(BIN)/python -r $(1) || $(PIP) -r $(1)

# umap-learn compiles its neighbour search when it is first imported: now, in the background, not in the first report.
COMPILE_UMAP := (nice -n 19 $(BIN)/python -c 'import umap' >/dev/null 2>&1 &)

.PHONY: run test quick check compiled demo tables benchmark clean

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

# Some packages bring files for other versions of Python, which fail here and are read by nobody.
compiled: .venv/installed
	$(BIN)/python -m compileall -qq -j 0 .venv/lib || true
	$(BIN)/python -m compileall -q app.py attribution concepts pages

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
	$(BIN)/python -m benchmarks.kills
	$(BIN)/python -m benchmarks.fuzz
	$(BIN)/python -m benchmarks.formats
	$(BIN)/python -m benchmarks.texts
	$(BIN)/python -m benchmarks.classes

clean:
	rm -rf .venv

.venv/installed: requirements.txt
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; choose one: make PYTHON=python3.11")'
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv .venv
	@echo "Installing into .venv; torch alone is some gigabytes."
	$(PIP) $(UV) || true
	$(call install,requirements.txt)
	$(COMPILE_UMAP)
	touch $@

.venv/installed-for-tests: .venv/installed requirements-test.txt
	$(call install,requirements-test.txt)
	touch $@
