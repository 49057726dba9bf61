"""A stock Rasa project on our data, to hold ours against: Rasa's default pipeline and policies."""

import hashlib
import random
import shutil
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from tools.settings import ROOT

CONFIG = "recipe: default.v1\nassistant_id: stock\nlanguage: en\n"
"""Names no pipeline and no policies: Rasa then takes its defaults."""

_DEFAULTS = ("rasa.engine.recipes.config_files", "default_config.yml")

_STORIES = 12
_RULES_IN_A_STORY = 3
_SEED = 20


def write_project(folder: Path, epochs: int | None = None) -> str:
    """Writes configuration, data, domain and credentials.

    The data are ours as they are. The default policies learn from stories, which ours do not need: each story strings
    some of our rules together, drawn with a fixed seed.

    Args:
        folder: where to; what lies there is replaced.
        epochs: passes over the data in training; None leaves them to Rasa (100), as all else.

    Returns:
        The SHA-256 of everything written, by which a trained model can be told to be of this project.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "data").mkdir(parents=True)
    shutil.copytree(ROOT / "data" / "nlu", folder / "data" / "nlu")
    rules = (ROOT / "data" / "rules.yml").read_text(encoding="utf-8")
    (folder / "data" / "rules.yml").write_text(rules, encoding="utf-8")
    stories = {"version": "3.1", "stories": _stories(yaml.safe_load(rules)["rules"])}
    (folder / "data" / "stories.yml").write_text(yaml.safe_dump(stories, sort_keys=False), encoding="utf-8")
    shutil.copyfile(ROOT / "domain.yml", folder / "domain.yml")
    (folder / "config.yml").write_text(CONFIG if epochs is None else _short(epochs), encoding="utf-8")
    (folder / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _short(epochs: int) -> str:
    """Returns Rasa's defaults written out, with fewer epochs."""
    config = yaml.safe_load(resources.files(_DEFAULTS[0]).joinpath(_DEFAULTS[1]).read_text(encoding="utf-8"))
    for part in (*config["pipeline"], *config["policies"]):
        if "epochs" in part:
            part["epochs"] = epochs
    return yaml.safe_dump({**config, "assistant_id": "stock"}, sort_keys=False)


def _stories(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    draw = random.Random(_SEED)  # noqa: S311
    plain = [rule["steps"] for rule in rules if "condition" not in rule and set(rule["steps"][0]) == {"intent"}]
    return [
        {
            "story": f"story {number}",
            "steps": [step for steps in draw.sample(plain, _RULES_IN_A_STORY) for step in steps],
        }
        for number in range(1, _STORIES + 1)
    ]
