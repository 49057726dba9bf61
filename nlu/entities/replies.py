"""Words that answer a yes/no question: "a bit", "no never", "hard to tell", "all gone", "sorry, that was last year".

Whether a question is open is known only to the conversation (`dialogue.state`); here the words are read.
"""

from __future__ import annotations

from functools import lru_cache

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import UntrainedComponent, add_entities
from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon, word_group
from nlu.text.phrases import PhraseIndex
from nlu.text.tokens import Word, lexicon_forms, split_words
from triage.contract import Entity

_REACH = 4
_LONGEST_ALONE = 2

_FIRST_WORDS = ("yes", "no", "unsure")


def _cues(group: str) -> frozenset[str]:
    return word_group("reply_cues.yml", group)


def _negations() -> frozenset[str]:
    return word_group("negation.yml", "after_a_stem")


@lru_cache(maxsize=1)
def _phrases() -> dict[str, list[tuple[str, ...]]]:
    data = read_lexicon(LEXICON_FOLDER / "replies.yml")
    return {reply: [tuple(lexicon_forms(text)) for text in texts] for reply, texts in data.items()}


@lru_cache(maxsize=1)
def _answers() -> list[tuple[tuple[str, ...], str]]:
    answers = [(forms, reply) for reply in _FIRST_WORDS for forms in _phrases()[reply]]
    return sorted(answers, key=lambda answer: -len(answer[0]))


@lru_cache(maxsize=1)
def _anywhere() -> PhraseIndex:
    return PhraseIndex(
        (remark, forms) for remark, phrases in _phrases().items() if remark not in _FIRST_WORDS for forms in phrases
    )


def read_reply(text: str) -> tuple[str, int, int] | None:
    """Returns what the first words of a message answer.

    Returns:
        ``yes``, ``no`` or ``unsure`` with start and end offset of the words; None where they answer nothing.
    """
    words = split_words(text[:200])
    first = next((number for number, word in enumerate(words) if word.form not in _cues("passed_over")), None)
    if first is None:
        return None
    return _match(words[first:]) or _match(words)


def read_remarks(text: str) -> list[tuple[str, int, int]]:
    """Returns what a message says, anywhere, of something told before.

    Returns:
        ``gone``, ``still`` or ``correction`` with start and end offset of the words, each at most once.
    """
    words = split_words(text[:1_000])
    if not words:
        return []
    forms = [word.form for word in words]
    found: dict[str, tuple[int, int]] = {}
    after_no = 1 if forms[0] == "no" and len(forms) > 1 else 0  # "no, it is gone"
    for remark, start, end in _anywhere().find(forms):
        if remark == "gone" and (_negations() | _cues("not_yet")) & set(forms[max(after_no, start - _REACH) : start]):
            remark = "still"
        found.setdefault(remark, (words[start].start, words[end - 1].end))
    return [(remark, *place) for remark, place in found.items()]


def _match(words: list[Word]) -> tuple[str, int, int] | None:
    forms = tuple(word.form for word in words)
    for answer, reply in _answers():
        if forms[: len(answer)] == answer:
            follows = forms[len(answer)] if len(forms) > len(answer) else ""
            if answer == ("no",) and follows in _cues("turns_the_sentence"):
                return None
            if answer[0] in _cues("stems") and follows:
                if follows in _negations():
                    return "no", words[0].start, words[len(answer)].end
                if follows not in _cues("goes_on_affirming"):
                    return None
            if answer[0] in _cues("only_alone") and len(words) > _LONGEST_ALONE:
                return None
            return reply, words[0].start, words[len(answer) - 1].end
    return None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ReplyReader(UntrainedComponent):
    """Adds entities ``reply``: yes, no, unsure of the first words; gone, still, correction of words anywhere."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities."""
        for message in messages:
            text = message.get(TEXT) or ""
            first = read_reply(text)
            found = [
                {"entity": Entity.REPLY, "value": value, "start": start, "end": end, "extractor": "ReplyReader"}
                for value, start, end in [*([first] if first else []), *read_remarks(text)]
            ]
            if found:
                add_entities(message, found)
        return messages
