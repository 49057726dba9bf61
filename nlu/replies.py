"""First words that answer a yes/no question: "a bit", "no never", "hard to tell".

Whether a question is open is known only to the conversation (``triage.conversation``); here the words are read.
"""

from __future__ import annotations

from functools import lru_cache

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.component import UntrainedComponent
from nlu.text import LEXICON_FOLDER, Word, lexicon_forms, read_lexicon, split_words
from triage.conversation import REPLY

_PASSED_OVER = frozenset({"well", "oh", "so", "and", ",", "...", "…", ".", "um", "actually", "ok", "okay", "-", "hi"})
_TURNS_THE_SENTENCE = frozenset({"problem", "problems", "worries", "idea", "clue", "way", "matter", "wonder", "thanks"})
"""After "no": it is another expression, not an answer."""


@lru_cache(maxsize=1)
def _answers() -> list[tuple[tuple[str, ...], str]]:
    data = read_lexicon(LEXICON_FOLDER / "replies.yml")
    answers = [(tuple(lexicon_forms(text)), reply) for reply, texts in data.items() for text in texts]
    return sorted(answers, key=lambda answer: -len(answer[0]))


def read_reply(text: str) -> tuple[str, int, int] | None:
    """Returns what the first words of a message answer.

    Returns:
        ``yes``, ``no`` or ``unsure`` with start and end offset of the words; None where they answer nothing.
    """
    words = split_words(text[:200])
    first = next((number for number, word in enumerate(words) if word.form not in _PASSED_OVER), None)
    if first is None:
        return None
    return _match(words[first:]) or _match(words)


def _match(words: list[Word]) -> tuple[str, int, int] | None:
    forms = tuple(word.form for word in words)
    for answer, reply in _answers():
        if forms[: len(answer)] == answer:
            follows = forms[len(answer)] if len(forms) > len(answer) else ""
            if answer == ("no",) and follows in _TURNS_THE_SENTENCE:
                return None
            return reply, words[0].start, words[len(answer) - 1].end
    return None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ReplyReader(UntrainedComponent):
    """Adds an entity ``reply`` (yes, no, unsure) to messages that begin as an answer."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entity."""
        for message in messages:
            found = read_reply(message.get(TEXT) or "")
            if found:
                value, start, end = found
                entity = {"entity": REPLY, "value": value, "start": start, "end": end, "extractor": "ReplyReader"}
                message.set(ENTITIES, [*message.get(ENTITIES, []), entity], add_to_output=True)
        return messages
