# One command each. Everything runs in this folder's own .venv; nothing outside the folder changes.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
# The newest of these that runs and is at least 3.11; `make PYTHON=... test` chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
JOBS ?= 2
# The tests start the program hundreds of times: without bytecode, each start compiles all of it.
unexport PYTHONDONTWRITEBYTECODE
# Where `make quick-setup` makes the workspace.
WORKSPACE ?= config
# How many kills and errors `make crash-sample` tries.
POINTS ?= 3000
# For how many minutes at most.
MINUTES ?= 10
# How many histories `make sync-histories` plays.
N ?= 5000
# How many of them rclone bisync plays beside it, about ten seconds each.
BISYNC ?= 25
# The sizes of trees that `make scale` takes.
FILES ?= 10000,100000,1000000

.PHONY: help venv quick-setup validate-env image demo test test-slow test-all test-s3 check schemas docs docs-reference bench crash crash-sample filesystems fuzz scale sync-histories backups watch-writers clean

help:
	@echo "make quick-setup   write .env, then a workspace from it in config/ (WORKSPACE=...)"
	@echo "make validate-env  whether that workspace works in the environment of .env: everything that is wrong at once"
	@echo "make image      build the container image and run its commands (as root on Debian)"
	@echo "make demo       a messy sample folder, put in order and back again, in .demo/"
	@echo "make test       the fast tests"
	@echo "make test-all   every test, the slow ones too"
	@echo "make test-s3    the tests on real S3 services: Ceph (Debian: radosgw ceph-mon ceph-osd ceph-common), moto, rclone"
	@echo "make check      lint, types, import rules, committed schemas"
	@echo "make schemas    write schemas/json from the models"
	@echo "make docs-reference    write docs/reference from models, tables and help"
	@echo "make docs       the pages as a site, in site/"
	@echo "make bench      the benchmarks, side by side with the peers; what the checks of apply cost"
	@echo "make crash      kill and fail it at every system call (Linux, strace; hours)"
	@echo "make crash-sample, filesystems, fuzz    a fixed sample of that; real file systems, as root; hostile bytes"
	@echo "make sync-histories   random histories of people who share a bucket (N=5000; BISYNC=25 of them by rclone bisync too)"
	@echo "make backups    sixty nights of backups with kills, and retention beside restic's"
	@echo "make watch-writers    two thousand writers, a burst of forty thousand files, and 200 kills beside reshelve watch"
	@echo "make scale      from ten thousand files to a million"

venv: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "reshelve needs Python 3.11 or newer: none was found" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

quick-setup: venv
	@if test ! -e .env; then install -m 600 .env.example .env && echo "Wrote .env. Set its paths, then again: make quick-setup"; \
	else $(BIN)/reshelve init "$(WORKSPACE)" --from-env .env; fi

validate-env: venv
	@test -e .env || { echo "There is no .env. To write one: make quick-setup" >&2; exit 1; }
	@set -a; . ./.env; set +a; $(BIN)/reshelve -C "$(WORKSPACE)" validate reshelve.yaml && $(BIN)/reshelve -C "$(WORKSPACE)" doctor

image:
	.ci/image

demo: venv
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash examples/demo.sh

test: venv
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal -m "not slow and not s3"

test-slow: venv
	RESHELVE_EXAMPLES=all $(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal --ignore tests/filesystems -m "(slow or drawn) and not s3"

test-all: venv
	RESHELVE_EXAMPLES=all $(BIN)/python -m pytest -q -n $(JOBS)

test-s3: venv
	RESHELVE_S3_SERVERS=required $(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile -m s3

check: venv
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/schemas/documents/test_json_schemas.py

schemas: venv
	$(BIN)/python -m reshelve.schemas.documents.json_schema_making

docs-reference: venv
	$(BIN)/python -m reshelve.reference.pages

docs: docs-reference
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: venv
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/checks.py
	$(BIN)/python benchmarks/start.py

crash: venv
	$(BIN)/python -m tests.crash.sweep --workers $(JOBS)

crash-sample: venv
	$(BIN)/python -m tests.crash.sweep --workers $(JOBS) --sample $(POINTS) --minutes $(MINUTES)
	$(BIN)/python -m tests.crash.sweep --workers $(JOBS) --sample 100 --fresh --only apply:few --seconds 0

filesystems: venv
	RESHELVE_MUST_MOUNT=1 RESHELVE_EXAMPLES=all $(BIN)/python -m pytest -q -n $(JOBS) tests/filesystems
	$(BIN)/python -m tests.filesystems.guest

fuzz: venv
	RESHELVE_EXAMPLES=all $(BIN)/python -m pytest -q -n $(JOBS) tests/fuzz tests/races

watch-writers: venv
	N=$(or $(N),2000) BURST=40000 $(BIN)/python -m pytest -s -q -m slow -k "writers_at_once or burst" tests/reshelve/cli/test_watch.py
	KILLS=200 $(BIN)/python -m pytest -q -k killed_while_files_arrive tests/reshelve/cli/test_watch.py

backups: venv
	RESHELVE_HISTORIES=240 RESHELVE_NIGHTS=60 $(BIN)/python -m pytest -q -n $(JOBS) -m slow tests/planner/backups tests/reshelve/session/test_backup_days.py

sync-histories: venv
	$(BIN)/python -m tests.support.sync_histories $(N) $(BISYNC)

scale: venv
	$(BIN)/python benchmarks/scale.py --files $(FILES)

clean:
	rm -rf .demo dist build site .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
