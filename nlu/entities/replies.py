"""Words that answer a yes/no question: "a bit", "no never", "hard to tell", "all gone", "sorry, that was last year".

Whether a question is open is known only to the conversation (`dialogue.state`); here the words are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import UntrainedComponent, add_entities
from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon
from nlu.text.limits import LONGEST_REMARK, LONGEST_REPLY
from nlu.text.phrases import PhraseIndex
from nlu.text.tokens import Token, lexicon_norms, tokens_of
from triage.contract import Entity

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


class Reply(NamedTuple):
    """Words of a message that answer a question.

    Attributes:
        value: ``yes``, ``no`` or ``unsure``; of a remark ``gone``, ``still`` or ``correction``.
        start: offset of their first character in the message.
        end: offset after their last.
    """

    value: str
    start: int
    end: int


class ReplyMatcher:
    """Finds the words of a message that answer a yes/no question."""

    def __init__(self) -> None:
        """Indexes the phrases."""
        lexicon = read_lexicon(LEXICON_FOLDER / "replies.yml")
        phrases = {reply: [tuple(lexicon_norms(text)) for text in texts] for reply, texts in lexicon.items()}
        answers = [(phrase, reply) for reply in _FIRST_WORDS for phrase in phrases[reply]]
        self._answers = sorted(answers, key=lambda answer: -len(answer[0]))
        self._remarks = PhraseIndex(
            (remark, phrase) for remark in phrases if remark not in _FIRST_WORDS for phrase in phrases[remark]
        )

    def find_answer(self, tokens: Sequence[Token]) -> Reply | None:
        """Returns what the first words of a message answer: ``yes``, ``no``, ``unsure``, or None for nothing.

        Args:
            tokens: of the message; those beyond `LONGEST_REPLY` characters are not looked at.
        """
        near = [token for token in tokens if token.end <= LONGEST_REPLY]
        first = next((position for position, token in enumerate(near) if token.norm not in _PASSED_OVER), None)
        if first is None:
            return None
        return self._answer_at_start(near[first:]) or self._answer_at_start(near)

    def find_remarks(self, tokens: Sequence[Token]) -> list[Reply]:
        """Returns what a message says, anywhere, of something told before: ``gone``, ``still``, ``correction``.

        Args:
            tokens: of the message; those beyond `LONGEST_REMARK` characters are not looked at.

        Returns:
            Each at most once.
        """
        near = [token for token in tokens if token.end <= LONGEST_REMARK]
        norms = [token.norm for token in near]
        found: dict[str, Reply] = {}
        after_no = 1 if norms[:1] == ["no"] and len(norms) > 1 else 0  # "no, it is gone"
        for remark, start, end in self._remarks.find(norms):
            if remark == "gone" and _NOT_YET & set(norms[max(after_no, start - _REACH) : start]):
                remark = "still"
            found.setdefault(remark, Reply(remark, near[start].start, near[end - 1].end))
        return list(found.values())

    def _answer_at_start(self, tokens: Sequence[Token]) -> Reply | None:
        """Returns the longest answer that the tokens begin with, unless what follows makes it something else."""
        norms = tuple(token.norm for token in tokens)
        for answer, reply in self._answers:
            if norms[: len(answer)] != answer:
                continue
            follows = norms[len(answer)] if len(norms) > len(answer) else ""
            if answer == ("no",) and follows in _TURNS_THE_SENTENCE:
                return None
            if answer[0] in _STEMS and follows:
                if follows in _NEGATING:
                    return Reply("no", tokens[0].start, tokens[len(answer)].end)
                if follows not in _GOES_ON_AFFIRMING:
                    return None
            if answer[0] in _ONLY_ALONE and len(tokens) > _LONGEST_ALONE:
                return None
            return Reply(reply, tokens[0].start, tokens[len(answer) - 1].end)
        return None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ReplyExtractor(UntrainedComponent):
    """Adds entities ``reply``: yes, no, unsure of the first words; gone, still, correction of words anywhere."""

    def __init__(self) -> None:
        """Makes the matcher, so that the first message does not wait for it."""
        self._matcher = ReplyMatcher()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the entities."""
        for message in messages:
            tokens = tokens_of(message)
            answer = self._matcher.find_answer(tokens)
            replies = [*([answer] if answer else []), *self._matcher.find_remarks(tokens)]
            if replies:
                entities = [
                    {
                        "entity": Entity.REPLY,
                        "value": r.value,
                        "start": r.start,
                        "end": r.end,
                        "extractor": "ReplyExtractor",
                    }
                    for r in replies
                ]
                add_entities(message, entities)
        return messages
