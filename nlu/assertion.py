"""What is asserted of each mention: present, denied, supposed, over, of the family, or a figure of speech.

ConText (medspaCy) finds the modifiers and their reach by the rules of ``lexicon/context_rules.yml``;
this module decides between modifiers that meet on one mention.
"""

import re
from collections.abc import Sequence

import spacy
import yaml
from medspacy.context import ConText, ConTextRule
from spacy.tokens import Doc, Span

from nlu.finding_matcher import Mention
from nlu.text import LEXICON_FOLDER, Word
from triage.findings import vocabulary

_TARGETS = "mentions"
_SENTENCE_ENDS = {".", "!", "?", "\n", ";", "…"}
_YEAR = re.compile(r"(19|20)\d\d")
_OWNERS = frozenset(["my", "his", "her", "our", "their", "mum", "dad", "im", "ive", "i", "shes", "hes", "were", "hers", "he", "she"])
_ASKS_OF_SELF = frozenset({"is", "are", "can", "could", "does", "do"})
_LASTING = frozenset(finding.id for finding in vocabulary().values() if finding.kind == "context") - {
    "recent_injury",
    "high_energy_trauma",
    "heat_exposure",
    "hard_exertion",
    "stimulant_excess",
    "toxin_exposure",
}


class AssertionReader:
    """Decides the assertion of mentions within a message."""

    def __init__(self) -> None:
        """Loads the ConText rules."""
        self._nlp = spacy.blank("en")
        self._nlp.tokenizer = _split_at_spaces(self._nlp.vocab)
        self._context = ConText(
            self._nlp,
            rules=None,
            span_attrs=None,
            input_span_type="group",
            span_group_name=_TARGETS,
            terminating_types={"NEGATED": {"STILL"}},
        )
        rules = yaml.safe_load((LEXICON_FOLDER / "context_rules.yml").read_text(encoding="utf-8"))
        self._context.add(
            [
                ConTextRule(str(words), category, direction=group["direction"], max_scope=group.get("scope"))
                for category, groups in rules.items()
                for group in groups
                for words in group["words"]
            ]
        )

    def assertions(self, words: Sequence[Word], mentions: Sequence[Mention]) -> list[str]:
        """Returns one of ``triage.findings.ASSERTIONS`` for each mention, in order."""
        if not mentions:
            return []
        doc = Doc(self._nlp.vocab, words=[word.form for word in words])
        for position, token in enumerate(doc):
            token.is_sent_start = position == 0 or doc[position - 1].text in _SENTENCE_ENDS
        doc.spans[_TARGETS] = [Span(doc, *mention.head, label=f"M{number}") for number, mention in enumerate(mentions)]
        self._context(doc)
        modifiers: dict[int, list[tuple[str, int, int]]] = {}
        for target, modifier in doc._.context_graph.edges:
            start, end = modifier.modifier_span
            modifiers.setdefault(int(target.label_[1:]), []).append((modifier.category, start, end))
        return [_decide(doc, mention, modifiers.get(number, [])) for number, mention in enumerate(mentions)]


def _split_at_spaces(vocab: "spacy.Vocab"):  # type: ignore[no-untyped-def]
    return lambda text: Doc(vocab, words=text.split(" "))


def _decide(doc: Doc, mention: Mention, modifiers: list[tuple[str, int, int]]) -> str:
    outside = [m for m in modifiers if not mention.own_words.intersection(range(m[1], m[2]))]
    categories = {category for category, _, _ in outside}
    if "FIGURATIVE" in categories:
        return "figurative"
    if "STRONG_HYPOTHETICAL" in categories:
        return "hypothetical"
    still = "STILL" in categories
    if "FAMILY" in categories and not still:
        return "family_history"
    if "NEGATED" in categories:
        return "absent"
    if "QUESTION" in categories and not _is_about_ones_own(doc, mention):
        return "hypothetical"
    if _is_over(doc, mention, categories) and not still:
        return "past"
    return "present"


def _is_about_ones_own(doc: Doc, mention: Mention) -> bool:
    first = max(0, mention.start - 4)
    near = [token.text for token in doc[first : mention.end]]
    return any(word in _OWNERS for word in near)


def _is_over(doc: Doc, mention: Mention, categories: set[str]) -> bool:
    if mention.finding in _LASTING:
        return False
    return "PAST" in categories or any(_YEAR.fullmatch(token.text) for token in doc[mention.start].sent)
