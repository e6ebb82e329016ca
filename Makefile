# The commands of the project. Each sets up what it needs by itself.

# Set on the command line (make serve PORT=9000); the environment does not count, some shells set HOST by themselves.
HOST = 0.0.0.0
PORT = 8090
DATA = data
LIBRARY =
OPTIONS =
TESTS =
SECONDS = 300
KILLS = 200
JOBS = 2

.PHONY: help serve test bench sim soak screenshots clean

help:
	@echo "make serve    set up on first use, then serve on all addresses (HOST=, PORT=, DATA=, LIBRARY=, OPTIONS=)"
	@echo "make test     set up, then every test (TESTS=: which, JOBS=: side by side)"
	@echo "make bench    requests per CPU-second beside a bare Starlette handler, memory, start-up; places per ms"
	@echo "make sim      the simulated reader: how often a device resumes at the wrong place"
	@echo "make soak     the long runs: kill -9, fuzzing, places lost between notations (KILLS=, SECONDS=)"
	@echo "make screenshots  take the pictures of the documents again, of real books"
	@echo "make clean    remove what was set up"

serve:
	@tools/setup run
	@exec .venv/bin/placekeeper serve --host $(HOST) --port $(PORT) --data "$(DATA)" $(if $(LIBRARY),--library "$(LIBRARY)") $(OPTIONS)

test:
	@tools/setup dev
	.venv/bin/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(TESTS)

bench:
	@tools/setup dev
	.venv/bin/python -m bench
	.venv/bin/python -m bench.positions
	.venv/bin/python -m bench.crossing
	.venv/bin/python -m bench.library

sim:
	@tools/setup dev
	.venv/bin/python -m sim

soak:
	@tools/setup dev
	.venv/bin/python -m tests.crash.soak --kills $(KILLS)
	.venv/bin/python -m tests.hostile.fuzz --seconds $(SECONDS)
	.venv/bin/python -m tests.formats.fuzz --seconds $(SECONDS)
	.venv/bin/python -m tests.positions.fuzz --seconds $(SECONDS)
	.venv/bin/python -m tests.positions.crossing_truth 100
	.venv/bin/python -m tests.crossing.truth 100
	.venv/bin/python -m tests.crossing.copies 20

screenshots:
	@tools/setup dev
	.venv/bin/python -m tests.web.screenshots docs/pictures

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
