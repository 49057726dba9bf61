"""A conversation with the custom actions: what the person says goes in, what the actions say and set is kept."""

import json
from pathlib import Path

import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.tracker_view import TrackerView
from dialogue.state import fold
from triage.clarification import ClarificationThresholds
from triage.contract import REPLIES

THRESHOLDS = ClarificationThresholds(usual=0.06, beside_follow_up=0.12, self_harm=0.05)
DOMAIN = yaml.load(
    (Path(__file__).parents[3] / "domain.yml").read_text(encoding="utf-8"),
    Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),
)


class Talk:
    """Builds a tracker message by message, with the case folded as the Rasa process does it.

    Attributes:
        events: what the tracker holds.
        slots: the slots by name, with those that actions set.
        messages: what the latest action said, as the dispatcher collected it.
        returned: the events that the latest action returned.
    """

    def __init__(self, **slots):
        self.events = [{"event": "session_started"}]
        self.slots = dict.fromkeys(DOMAIN["slots"]) | slots
        self.latest = {}
        self.messages = []
        self.returned = []

    def hears(self, intent, *findings, possible=(), entities=(), text=""):
        """Takes a message of the person; a finding with a minus in front is denied, a `possible` one unclear."""
        reply = REPLIES.get(intent)
        found = [
            *({"entity": "possible_finding", "value": finding} for finding in possible),
            *([{"entity": "reply", "value": reply}] if reply else []),
            *(
                {
                    "entity": "finding",
                    "value": finding.removeprefix("-"),
                    "assertion": "absent" if finding.startswith("-") else "present",
                }
                for finding in findings
            ),
            *entities,
        ]
        self.latest = {"intent": {"name": intent}, "entities": found, "text": text}
        self.events.append({"event": "user", "parse_data": self.latest})
        case = fold(self.events, str(len(self.events)), THRESHOLDS)
        self.slots["case"] = json.loads(json.dumps(case.to_json()))
        return self

    def says(self, response, *, buttons=(), **metadata):
        """Notes that the assistant gave a response, with buttons and the metadata of its answer."""
        said = {"utter_action": response, **({"metadata": metadata} if metadata else {})}
        self.events.append({"event": "bot", "text": "…", "data": {"buttons": list(buttons)}, "metadata": said})
        return self

    def starts_anew(self, event="session_started"):
        """Begins a new session: the slots are empty, the events stay."""
        self.events.append({"event": event})
        self.slots = dict.fromkeys(self.slots)
        return self

    def tracker(self):
        """Returns the tracker as the action server gets it."""
        return Tracker("somebody", dict(self.slots), self.latest, list(self.events), False, None, {}, None)

    def view(self):
        """Returns what the actions read of the tracker."""
        return TrackerView(self.tracker())

    def runs(self, action: type[Action], domain=DOMAIN):
        """Runs an action and keeps what it says and sets; fails where it names a response that does not exist."""
        dispatcher = CollectingDispatcher()
        self.returned = action().run(dispatcher, self.tracker(), domain)
        self.messages = dispatcher.messages
        for message in self.messages:
            name = message["response"]
            variations = DOMAIN["responses"][name]
            text = variations[0]["text"]
            for key, value in message.items():
                text = text.replace("{" + key + "}", str(value))
            buttons = [*message["buttons"], *(variations[0].get("buttons") or ())]
            self.events.append(
                {"event": "bot", "text": text, "data": {"buttons": buttons}, "metadata": {"utter_action": name}}
            )
        for event in self.returned:
            self.events.append(event)
            if event["event"] == "slot":
                assert event["name"] in DOMAIN["slots"]
                self.slots[event["name"]] = event["value"]
        return self

    @property
    def responses(self):
        """Names of the responses that the latest action gave, in order."""
        return [message["response"] for message in self.messages]

    @property
    def tier(self):
        return (self.slots["case"] or {}).get("tier")

    @property
    def present(self):
        return list((self.slots["case"] or {"now": {"present": ()}})["now"]["present"])

    @property
    def open_question(self):
        """The finding that a bare "yes" would confirm, and what was asked of it."""
        return self.slots["confirming_finding"], self.slots["confirming_question"]
