# `make` lists the targets. `make run` and `make test` set up everything they need by themselves.
.DEFAULT_GOAL := help
.PHONY: help setup train run shell channels-demo test safety evaluate bench screenshots check format lock finetune clean

export PORT ?= 5005
export ACTIONS_PORT ?= 5055
export HOST ?= 127.0.0.1
export PYTHON
export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 3
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export PYTHONWARNINGS := ignore
export LOG_LEVEL ?= WARNING

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-13s %s\n", $$1, $$2}'

setup:  ## install the locked packages into .venv and widget/node_modules
	@sh tools/set_up.sh
	@sh tools/set_up_widget.sh

train: setup  ## train the model anew
	@sh tools/train.sh --force

run: setup  ## start the assistant and print where to chat (PORT, ACTIONS_PORT, HOST, API_TOKEN)
	@sh tools/train.sh
	@exec .venv/bin/python -m tools.serve

shell: setup  ## chat in the terminal
	@sh tools/train.sh
	@exec .venv/bin/python -m tools.shell

channels-demo: setup  ## play a conversation through every messaging platform, against stand-ins on this machine
	@sh tools/train.sh
	@.venv/bin/python -m tools.channels_demo

test: setup  ## run every test
	@sh tools/train.sh
	@.venv/bin/python -m pytest

safety: setup  ## measure the red flags on the labelled set; writes results/safety/
	@sh tools/train.sh
	@.venv/bin/python -m tools.safety

evaluate: setup  ## measure the understanding of questions on the held-out messages; writes results/understanding/
	@sh tools/train.sh
	@.venv/bin/python -m tools.evaluate

bench: setup  ## hold ours against stock Rasa; writes results/bench/ (half an hour to an hour; TO_THE_END=1 waits for stock's training, hours)
	@sh tools/train.sh
	@.venv/bin/python -m bench.speed $(if $(TO_THE_END),--to-the-end)

screenshots: setup  ## write pictures of the web widget's main states to docs/
	@sh tools/train.sh
	@.venv/bin/python -m tools.screenshots

check: setup  ## lint, types, data validation and conversation tests
	@sh tools/train.sh
	@sh tools/check.sh

format: setup  ## format the code
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix --quiet .

lock: setup  ## resolve requirements.txt anew from pyproject.toml
	@.venv/bin/uv pip compile pyproject.toml --all-extras --python-version 3.10 --generate-hashes --no-emit-index-url --output-file requirements.txt --quiet

finetune: setup  ## train the language model anew (an hour on 2 cores; writes models/knee-nlu/)
	@sh tools/finetune.sh

clean:  ## remove models, caches and .venv
	@rm -rf .venv .venv-finetune widget/node_modules .scratch .rasa models/*.tar.gz results .pytest_cache .mypy_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
