"""Words that answer a yes/no question: "a bit", "no never", "hard to tell", "all gone", "sorry, that was last year".

Whether a question is open is known only to the conversation (`dialogue.state`); here the words are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from nlu.base.component import UntrainedComponent, add_entities, tokens_of
from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon, word_group
from nlu.text.limits import LONGEST_REMARK, LONGEST_REPLY
from nlu.text.phrases import PhraseIndex
from nlu.text.tokens import Token, lexicon_norms
from triage.contract import Entity

_REACH = 4
_LONGEST_ALONE = 2

_FIRST_WORDS = ("yes", "no", "unsure")


def _cues(group: str) -> frozenset[str]:
    return word_group("reply_cues.yml", group)


def _negations() -> frozenset[str]:
    return word_group("negation.yml", "after_a_stem")


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
        first = next((position for position, token in enumerate(near) if token.norm not in _cues("passed_over")), None)
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
        not_yet = _negations() | _cues("not_yet")
        found: dict[str, Reply] = {}
        after_no = 1 if norms[:1] == ["no"] and len(norms) > 1 else 0  # "no, it is gone"
        for remark, start, end in self._remarks.find(norms):
            if remark == "gone" and not_yet & set(norms[max(after_no, start - _REACH) : start]):
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
            if answer == ("no",) and follows in _cues("turns_the_sentence"):
                return None
            if answer[0] in _cues("stems") and follows:
                if follows in _negations():
                    return Reply("no", tokens[0].start, tokens[len(answer)].end)
                if follows not in _cues("goes_on_affirming"):
                    return None
            if answer[0] in _cues("only_alone") and len(tokens) > _LONGEST_ALONE:
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
