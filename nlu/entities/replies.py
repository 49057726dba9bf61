"""Words that answer a yes/no question: "a bit", "no never", "hard to tell", "all gone", "sorry, that was last year".

Whether a question is open is known only to the conversation (``triage.conversation``); here the words are read.
"""

from __future__ import annotations

from functools import lru_cache

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import UntrainedComponent, add_entities
from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon
from nlu.text.phrases import PhraseIndex
from nlu.text.tokens import Word, lexicon_forms, split_words
from triage.conversation import REPLY

_PASSED_OVER = frozenset({"well", "oh", "so", "and", ",", "...", "…", ".", "um", "actually", "ok", "okay", "-", "hi"})
_TURNS_THE_SENTENCE = frozenset({"problem", "problems", "worries", "idea", "clue", "way", "matter", "wonder", "thanks"})
"""After "no": it is another expression, not an answer."""


_NEGATING = frozenset(
    [
        "not",
        "no",
        "never",
        "nothing",
        "isnt",
        "arent",
        "wasnt",
        "hasnt",
        "havent",
        "hadnt",
        "doesnt",
        "dont",
        "didnt",
        "wont",
        "cant",
        "without",
    ]
)
_NOT_YET = _NEGATING | frozenset(
    ["when", "will", "if", "wish", "hope", "hoping", "until", "till", "once", "want", "wanted"]
)
"""Before "gone" or "healed": it is still there."""


_REACH = 4
_GOES_ON_AFFIRMING = frozenset(
    [
        "yes",
        "a",
        "bit",
        "since",
        "now",
        "very",
        "quite",
        "really",
        "slightly",
        "sometimes",
        "and",
        "but",
        "though",
        ",",
        ".",
        "!",
        "…",
    ]
)
_STEMS = frozenset(["i", "he", "she", "it", "they", "we"])
"""Answers that begin so ("it is", "i have") are no answer where another statement follows ("it is yellow")."""
_ONLY_ALONE = frozenset(
    ["right", "both", "very", "mostly", "quite", "usually", "sometimes", "lots", "loads", "true", "exactly", "normal"]
)
_LONGEST_ALONE = 2

_FIRST_WORDS = ("yes", "no", "unsure")


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
    first = next((number for number, word in enumerate(words) if word.form not in _PASSED_OVER), None)
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
        if remark == "gone" and _NOT_YET & set(forms[max(after_no, start - _REACH) : start]):
            remark = "still"
        found.setdefault(remark, (words[start].start, words[end - 1].end))
    return [(remark, *place) for remark, place in found.items()]


def _match(words: list[Word]) -> tuple[str, int, int] | None:
    forms = tuple(word.form for word in words)
    for answer, reply in _answers():
        if forms[: len(answer)] == answer:
            follows = forms[len(answer)] if len(forms) > len(answer) else ""
            if answer == ("no",) and follows in _TURNS_THE_SENTENCE:
                return None
            if answer[0] in _STEMS and follows:
                if follows in _NEGATING:
                    return "no", words[0].start, words[len(answer)].end
                if follows not in _GOES_ON_AFFIRMING:
                    return None
            if answer[0] in _ONLY_ALONE and len(words) > _LONGEST_ALONE:
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
                {"entity": REPLY, "value": value, "start": start, "end": end, "extractor": "ReplyReader"}
                for value, start, end in [*([first] if first else []), *read_remarks(text)]
            ]
            if found:
                add_entities(message, found)
        return messages
