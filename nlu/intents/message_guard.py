"""What may enter: deals with messages that are no sentence before anything tries to understand them.

* A slash command cannot bypass triage. The payloads of our own buttons are accepted, everything else that begins
  with a slash is read as words and answered as what it is.
* Empty, blank and emoji-only messages and over-long ones get an intent of their own.
* So does what a messaging platform hands on without words: a voice message, a picture, a place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import PRESSED, UntrainedComponent, set_intent, variant_entity
from nlu.intents.factors import factor_table
from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon
from nlu.text.limits import LONGEST_TEXT
from nlu.text.tokens import whole_characters
from triage.contract import GENERAL, Intent, Payload, decode
from triage.topics import BUTTON_INTENTS

MEDIA = frozenset({"voice", "picture", "video", "file", "sticker", "place", "contact", "other"})
"""What a channel may name as ``medium`` in the metadata of a message without words."""

_A_WORD = re.compile(r"[^\W_]")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MessageGuard(UntrainedComponent):
    """Gives messages that are no sentence their intent."""

    def __init__(self) -> None:
        """Reads what an emoji stands for, so that the first message does not wait for it."""
        self._emoji_words: Mapping[str, str] = read_lexicon(LEXICON_FOLDER / "emoji.yml")["words"]

    def process(self, messages: list[Message]) -> list[Message]:
        """Decides the intent of messages that are no sentence and cleans the text of the others."""
        for message in messages:
            self._guard(message)
        return messages

    def _guard(self, message: Message) -> None:
        text = whole_characters(message.get(TEXT) or "").replace("\x00", " ").strip()
        if text.startswith("/"):
            pressed = self.pressed_button(text)
            message.set(TEXT, text.lstrip("/ ") or " ")
            if pressed is None:
                _settle(message, Intent.SLASH_COMMAND)
            else:
                message.set(PRESSED, True)
                _settle(message, pressed.intent)
                message.set(ENTITIES, [variant_entity(pressed.variant, MessageGuard.__name__)], add_to_output=True)
        elif len(text) > LONGEST_TEXT:
            _settle(message, Intent.MESSAGE_TOO_LONG)
        elif not text and (medium := _medium(message)):
            message.set(TEXT, " ")
            _settle(message, Intent.MESSAGE_IN_OTHER_FORM)
            message.set(ENTITIES, [variant_entity(medium, MessageGuard.__name__)], add_to_output=True)
        elif not _A_WORD.search(text):
            words = [word for mark, word in self._emoji_words.items() if mark in text]
            if words:
                message.set(TEXT, words[0])
            else:
                message.set(TEXT, text or " ")
                _settle(message, Intent.MESSAGE_WITHOUT_WORDS)
        else:
            message.set(TEXT, text)

    def pressed_button(self, text: str) -> Payload | None:
        """Returns where one of our own button payloads leads; None for anything else.

        Only an intent that our buttons lead to is accepted, and as its one parameter an answer
        variant that exists for that intent: no slot beyond that can be set by typing.
        """
        payload = decode(text)
        if payload is None or payload.intent not in BUTTON_INTENTS:
            return None
        factor = factor_table().get(payload.variant)
        is_known = payload.variant == GENERAL or (factor is not None and payload.intent in factor.topics)
        return payload if is_known else None


def _settle(message: Message, intent: str) -> None:
    set_intent(message, intent, 1.0, by=MessageGuard.__name__)


def _medium(message: Message) -> str | None:
    """Returns in what form the channel says a message came, one of `MEDIA`, or None."""
    metadata = message.get("metadata")
    medium = metadata.get("medium") if isinstance(metadata, Mapping) else None
    return medium if isinstance(medium, str) and medium in MEDIA else None
