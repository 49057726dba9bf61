"""Trackers as the policies see them, built event by event."""

from types import SimpleNamespace

import pytest
import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Restarted, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from tools.settings import ROOT


@pytest.fixture(scope="session")
def domain():
    """The assistant's own domain."""
    with (ROOT / "domain.yml").open(encoding="utf-8") as file:
        return Domain.from_dict(yaml.load(file, Loader=yaml.CSafeLoader))


class Talk:
    """A conversation, as events on a tracker.

    Attributes:
        tracker: Rasa's tracker of it.
    """

    def __init__(self, domain):
        self._domain = domain
        self.tracker = DialogueStateTracker.from_events("somebody", [SessionStarted()], domain.slots)

    def hears(self, intent, *findings, text="", **entities):
        """Adds a message: findings as ``chest_pain`` or, denied, ``-chest_pain``; other entities by their names."""
        found = [
            {
                "entity": "finding",
                "value": finding.lstrip("-"),
                "assertion": "absent" if finding.startswith("-") else "present",
            }
            for finding in findings
        ]
        for name, values in entities.items():
            found += [value if isinstance(value, dict) else {"entity": name, "value": value} for value in values]
        parsed = {"text": text, "intent": {"name": intent, "confidence": 1.0}, "entities": found}
        self._add(ActionExecuted("action_listen"))
        self._add(UserUttered(text, parsed["intent"], found, parsed))
        return self

    def does(self, action, text="", buttons=()):
        """Adds an action that ran, and what was said by it."""
        self._add(ActionExecuted(action))
        if text or buttons:
            self._add(BotUttered(text, {"buttons": list(buttons)}, {"utter_action": action}))
        return self

    def sets(self, **slots):
        """Adds slot events."""
        for name, value in slots.items():
            self._add(SlotSet(name, value))
        return self

    def restarts(self):
        """Adds a restart."""
        self._add(Restarted())
        return self

    def predicted(self, policy):
        """Applies the events that hold anyway; returns the action that a policy predicts, None where it abstains."""
        prediction = policy.predict_action_probabilities(self.tracker, self._domain)
        for event in prediction.events:
            self._add(event)
        best = max(prediction.probabilities)
        if best == 0.0:
            return None
        action = self._domain.action_names_or_texts[prediction.probabilities.index(best)]
        for event in prediction.optional_events:
            self._add(event)
        return action

    def turn(self, *policies):
        """Runs the actions that policies plan, the first that decides going first; returns their names."""
        done = []
        while True:
            action = next(filter(None, (self.predicted(policy) for policy in policies)), None)
            if action in {None, "action_listen"} or len(done) > 9:
                return done
            done.append(action)
            self.does(action)

    def _add(self, event):
        self.tracker.update(event, self._domain)


@pytest.fixture
def talk(domain):
    return Talk(domain)


def made(policy):
    """Returns a policy without Rasa's graph around it."""
    return policy(policy.get_default_config(), None, None, SimpleNamespace(is_finetuning=False))
