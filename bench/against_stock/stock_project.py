"""A stock Rasa project on our data, to hold ours against: Rasa's default pipeline and policies."""

import hashlib
import random
import shutil
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from dialogue.answers import with_whole_texts
from tools.settings import ROOT
from triage.contract import RESPONSE_PREFIX, ActionName

CONFIG = "recipe: default.v1\nassistant_id: stock\nlanguage: en\n"
"""Names no pipeline and no policies: Rasa then takes its defaults."""

_DEFAULTS = ("rasa.engine.recipes.config_files", "default_config.yml")

_STORIES = 12
_RULES_IN_A_STORY = 3
_SEED = 20


def write_project(folder: Path, epochs: int | None = None) -> str:
    """Writes configuration, data, domain and credentials.

    The data are ours; what our AnswerPolicy adds to them (whole texts, and the response of its name for each intent) is
    written out. The default policies learn from stories, which ours do not need: each story strings
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
    domain = with_whole_texts(yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8")))
    own_rules = yaml.safe_load((ROOT / "data" / "rules.yml").read_text(encoding="utf-8"))["rules"]
    rules = [*own_rules, *_rules_of_responses(domain, own_rules)]
    for name, content in (
        ("data/rules.yml", {"version": "3.1", "rules": rules}),
        ("data/stories.yml", {"version": "3.1", "stories": _stories(rules)}),
        ("domain.yml", domain),
    ):
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "config.yml").write_text(CONFIG if epochs is None else _short(epochs), encoding="utf-8")
    (folder / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _rules_of_responses(domain: dict[str, Any], rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns a rule for each intent that is answered by the response of its name and has none."""
    ruled = {step["intent"] for rule in rules for step in rule["steps"] if "intent" in step}
    return [
        {
            "rule": f"Answer {intent}",
            "steps": [
                {"intent": intent},
                {"action": f"{RESPONSE_PREFIX}{intent}"},
                {"action": ActionName.APPLY_RED_FLAG_RULES},
            ],
        }
        for intent in domain["intents"]
        if intent not in ruled
    ]


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
