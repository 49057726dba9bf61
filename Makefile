# `make` lists the targets. `make run` and `make test` set up everything they need by themselves.
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev train run shell channels-demo test test-fast lint types check format safety evaluate bench screenshots licences lock lock-check finetune clean

export PORT ?= 5005
export ACTIONS_PORT ?= 5055
export HOST ?= 127.0.0.1
export PYTHON
export PYTHONWARNINGS := ignore
export LOG_LEVEL ?= WARNING

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-13s %s\n", $$1, $$2}'

setup:  ## install the locked packages into .venv and widget/node_modules
	@sh tools/set_up.sh
	@sh tools/set_up_widget.sh

setup-dev:  ## the same with what tests, checks and measurements need
	@sh tools/set_up.sh dev
	@sh tools/set_up_widget.sh dev

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

lint: setup-dev  ## style of Python and of the widget's JavaScript, and the rules of imports; needs no model
	@sh tools/lint.sh

types: setup-dev  ## check types; needs no model
	@.venv/bin/mypy

test-fast: setup-dev  ## run the tests that need no model and no server (a minute at most)
	@.venv/bin/python -m pytest tests/unit tests/data

test: setup-dev  ## run every test
	@sh tools/train.sh
	@.venv/bin/python -m pytest

safety: setup-dev  ## measure the red flags on the labelled set; writes results/safety/
	@sh tools/train.sh
	@.venv/bin/python -m bench.safety

evaluate: setup-dev  ## measure the understanding of questions on the held-out messages; writes results/understanding/
	@sh tools/train.sh
	@.venv/bin/python -m bench.understanding

bench: setup-dev  ## hold ours against stock Rasa; writes results/bench/ (20 minutes; TO_THE_END=1 also trains stock, hours)
	@sh tools/train.sh
	@.venv/bin/python -m bench.against_stock.run $(if $(TO_THE_END),--to-the-end)

screenshots: setup-dev  ## write pictures of the web widget's main states to widget/screenshots/
	@sh tools/train.sh
	@.venv/bin/python -m tools.screenshots

check: lint types  ## lint, types, Rasa's data validation and conversation stories
	@sh tools/train.sh
	@sh tools/check.sh

format: setup-dev  ## format the code
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix --quiet .
	@sh tools/lint_widget.sh format

licences: setup-dev  ## list the installed packages' licences; fails where one is not permissive
	@.venv/bin/python -m tools.licences

lock: setup-dev  ## resolve the locks anew from pyproject.toml
	@sh tools/lock.sh

lock-check: setup-dev  ## see that the lock holds for every Python and machine it names
	@sh tools/train.sh
	@sh tools/check_lock.sh

finetune: setup-dev  ## train the language model anew (an hour on 2 cores; writes models/knee-nlu/)
	@sh tools/finetune.sh

clean:  ## remove environments, models, caches and results
	@rm -rf .venv .venv-finetune .venv-stock widget/node_modules .scratch .rasa models/*.tar.gz models/*.json models/*.tmp models/*.trained-from results .pytest_cache .mypy_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
