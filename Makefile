# Two commands are enough for most people: `make up` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: up test lint bench bench-elasticnet bench-growth bench-rounds leak kill kill-rounds tamper fuzz soak docs lock release clean

up: $(READY)  ## set everything up and start the workbench
	@$(BIN)/tocsin up

test: $(READY)  ## run the tests
	@$(BIN)/python -m pytest -n auto

lint: $(READY)  ## style, types, direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: $(READY)  ## every benchmark, each beside its peer
	@$(BIN)/python -m benchmarks

bench-elasticnet: $(READY)  ## only our 31-origin elastic-net walk-forward
	@$(BIN)/python -m benchmarks.elasticnet.bench --ours-only

bench-growth: $(READY)  ## a million statements against ten thousand, and reads beside a bare "hello" (half an hour)
	@$(BIN)/python -m benchmarks.store.growth

bench-rounds: $(READY)  ## pools and intervals of a large round beside a plain loop; how often intervals hold the truth
	@$(BIN)/python -m benchmarks.rounds.bench
	@$(BIN)/python -m benchmarks.rounds.coverage

soak: $(READY)  ## 100 signed-in readers and 10 writers for ten minutes
	@$(BIN)/python -m benchmarks.store.soak

leak: $(READY)  ## 10,000 random worlds at every address: nothing hidden is shown, counted or hinted at (an hour; goes on where it stopped)
	@TOCSIN_LEAK_WORLDS=10000 TOCSIN_LEAK_DONE=build/leak $(BIN)/python -m pytest -n auto tests/leak/test_channels.py
	@$(BIN)/python -m tests.leak.summary build/leak

fuzz: $(READY)  ## the API against its own description, at length
	@TOCSIN_FUZZ_EXAMPLES=100 $(BIN)/python -m pytest tests/interfaces/test_api_fuzz.py

kill: $(READY) kill-rounds  ## kill writers 200 times on each database; nothing acknowledged may be lost
	@$(BIN)/python -m benchmarks.kill

kill-rounds: $(READY)  ## the same in rounds: no sealed estimate may be lost, no stage opened by halves
	@$(BIN)/python -m benchmarks.kill_rounds

tamper: $(READY)  ## change 1,000 bytes on each database; every one must be found
	@$(BIN)/python -m pytest tests/store/test_tampering.py --flips 1000

docs: $(READY)  ## check that the documentation names what there is
	@$(BIN)/python -m pytest tests/docs

release: $(READY)  ## make the embedded release anew from the data at hand
	@$(BIN)/tocsin release build --out src/tocsin/data/release

lock:  ## resolve the dependencies anew; the lock holds no address
	uv --quiet pip compile pyproject.toml --universal --generate-hashes --no-header --all-extras --group dev -o requirements.lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tocsin needs Python 3.11 or newer; set PYTHON=...")'
	@echo "Setting up in .venv (once; a minute or two) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.5'
	@VIRTUAL_ENV=.venv $(BIN)/uv --quiet pip sync --require-hashes requirements.lock
	@VIRTUAL_ENV=.venv $(BIN)/uv --quiet pip install --no-deps --editable .
	@touch $(READY)

clean:  ## remove what was set up
	rm -rf .venv
