"""The stock project: Rasa's defaults, and our data."""

import hashlib

import yaml

from bench.against_stock.stock_project import write_project
from tools.settings import ROOT


def test_a_short_stock_project_differs_in_its_epochs_alone(tmp_path):
    assert write_project(tmp_path / "short", epochs=1) != write_project(tmp_path / "stock")
    config = yaml.safe_load((tmp_path / "short" / "config.yml").read_text())
    assert {part["epochs"] for part in config["pipeline"] + config["policies"] if "epochs" in part} == {1}
    assert len(config["pipeline"]) == 9


def test_the_stock_project_has_rasas_defaults_and_our_data(tmp_path):
    fingerprint = write_project(tmp_path / "stock")
    assert fingerprint == write_project(tmp_path / "again")
    config = yaml.safe_load((tmp_path / "stock" / "config.yml").read_text())
    assert not {"pipeline", "policies"} & config.keys()
    ours = (ROOT / "data" / "nlu" / "causes.yml").read_bytes()
    theirs = (tmp_path / "stock" / "data" / "nlu" / "causes.yml").read_bytes()
    assert hashlib.sha256(ours).digest() == hashlib.sha256(theirs).digest()
    stories = yaml.safe_load((tmp_path / "stock" / "data" / "stories.yml").read_text())["stories"]
    assert all({"intent", "action"} >= step.keys() for story in stories for step in story["steps"])
