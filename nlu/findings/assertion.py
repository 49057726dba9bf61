"""What is asserted of each mention: present, denied, supposed, over, of the family, or a figure of speech.

ConText (medspaCy) finds the modifiers and their reach by the rules of ``lexicon/context_rules.yml``;
this module decides between modifiers that reach one mention.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from medspacy.context import ConText, ConTextRule
from spacy.lang.en import English
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from nlu.findings.mention import Mention
from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon, word_group
from nlu.text.tokens import SENTENCE_ENDS, Token
from triage.clarification import SELF_HARM

_TARGETS = "mentions"
_CLAUSE_END = "<,>"
"""Stands in the rules for a comma that ends a clause."""

_LIST_WINDOW = 5
"""Tokens after a comma within which an "or" tells a list."""

_SELF_HARM_WINDOW = 2
"""Tokens between a denial and words of self-harm."""

_NEGATIVE_FINDINGS = frozenset(
    {
        "low_urine", "baclofen_stopped", "not_sweating_hot", "cannot_bend_knee", "cannot_flex_90", "cannot_move_leg",
        "cannot_straighten_leg_raise", "cannot_weight_bear_4_steps", "no_better_30_min_cooling",
    }
)  # fmt: skip
"""Findings that are a lack: a "not" in their words is the complaint and no denial."""

_LASTING_CONDITIONS = frozenset(
    {
        "age_55_plus", "cancer_history", "diabetes", "immunosuppressed", "kidney_or_dialysis", "known_epilepsy",
        "statin_use", "diuretic_use", "anticoagulant_use", "serotonergic_or_antipsychotic_med", "new_medicine",
    }
)  # fmt: skip
"""What is never over: a cancer of the past still counts."""

_EVENTS = frozenset(
    {
        "recent_injury", "high_energy_trauma", "recent_knee_surgery", "pop_at_injury", "head_injury", "new_wound",
        "recent_knee_injection", "clot_risk",
    }
)  # fmt: skip
"""What happened once and cannot be "still" so: long ago stays long ago, whatever goes on since."""


class AssertionClassifier:
    """Classifies what a message asserts of each of its mentions."""

    def __init__(self) -> None:
        """Loads the ConText rules."""
        self._nlp = English(create_tokenizer=lambda nlp: _split_at_spaces(nlp.vocab))
        self._context = ConText(
            self._nlp,
            rules=None,
            span_attrs=None,
            input_span_type="group",
            span_group_name=_TARGETS,
            terminating_types={"NEGATED": {"STILL", "RECENT", "CLAUSE"}},
        )
        for category, groups in read_lexicon(LEXICON_FOLDER / "context_rules.yml").items():
            for group in groups:
                scope = int(group["scope"]) if "scope" in group else None
                self._context.add(
                    [
                        ConTextRule(
                            words, category, direction=group["direction"], max_scope=scope, pattern=_pattern(words)
                        )
                        for words in group["words"]
                    ]
                )

    def classify(self, tokens: Sequence[Token], mentions: Sequence[Mention]) -> list[str]:
        """Returns one of ``triage.findings.ASSERTIONS`` for each mention, in order.

        Args:
            tokens: the tokens of the message.
            mentions: what it mentions.
        """
        if not mentions:
            return []
        doc = Doc(self._nlp.vocab, words=_with_clause_ends([token.norm for token in tokens]))
        for position, token in enumerate(doc):
            token.is_sent_start = position == 0 or doc[position - 1].text in SENTENCE_ENDS
        # a target for each end alone: many mentions of a message end on the same token
        ends = {end for mention in mentions for _, end in mention.targets}
        doc.spans[_TARGETS] = [Span(doc, end - 1, end, label=f"M{end}") for end in sorted(ends)]
        self._context(doc)
        modifiers: dict[int, list[tuple[str, int, int]]] = {}
        for target, modifier in doc._.context_graph.edges:
            start, end = modifier.modifier_span
            modifiers.setdefault(int(target.label_[1:]), []).append((modifier.category, start, end))
        return [
            _assertion_of(doc, mention, [modifier for _, end in mention.targets for modifier in modifiers.get(end, ())])
            for mention in mentions
        ]


def _words(group: str) -> frozenset[str]:
    return word_group("assertion.yml", group)


def _pattern(words: str) -> list[dict[str, Any]] | None:
    """Returns a token pattern for rules that name a group of words (RELATIVE), None for plain ones."""
    if not {"RELATIVE", "YEAR"} & set(words.split()):
        return None
    pattern: list[dict[str, Any]] = []
    for word in words.split():
        if word == "RELATIVE":
            pattern.append({"LOWER": {"IN": sorted(_words("relatives"))}})
        elif word == "YEAR":
            pattern.append({"TEXT": {"REGEX": r"^(19|20)\d\d$"}})
        elif word == "_":
            pattern.append({"OP": "?"})
        else:
            pattern.append({"LOWER": {"IN": word.split("|")}})
    return pattern


def _split_at_spaces(vocab: Vocab) -> Callable[[str], Doc]:
    # the words of the rules are written as our tokens are: spaCy's own tokeniser would cut "cant" in two
    return lambda text: Doc(vocab, words=text.split(" "))


def _with_clause_ends(norms: list[str]) -> list[str]:
    """Marks the commas that end a denial: not those in a list that goes on with "or" ("no pain, heat or redness")."""
    marked = list(norms)
    for position, norm in enumerate(norms):
        if norm == "," and not {"or", "nor"} & set(norms[position + 1 : position + _LIST_WINDOW]):
            marked[position] = _CLAUSE_END
    return marked


def _assertion_of(doc: Doc, mention: Mention, modifiers: list[tuple[str, int, int]]) -> str:
    """Decides between the modifiers that reach one mention.

    Args:
        doc: the message.
        mention: the mention.
        modifiers: category, first token and token after the last of each.
    """
    # "cannot move": a cue that belongs to the finding says nothing about it
    outside = [m for m in modifiers if not mention.own_tokens.issuperset(range(m[1], m[2]))]
    categories = {category for category, start, _ in outside if _is_meant(doc, category, start)}
    going_on = bool(categories & {"STILL", "RECENT"})
    if "FIGURATIVE" in categories:
        return "figurative"
    if "STRONG_HYPOTHETICAL" in categories:
        return "hypothetical"
    # what a relative has now counts like one's own; words of self-harm that name one mostly mean oneself
    if "FAMILY" in categories and not going_on and (mention.finding not in SELF_HARM or "PAST" in categories):
        return "family_history"
    if _is_denied(doc, mention, outside):
        return "absent"
    if "QUESTION" in categories and not _is_about_ones_own(doc, mention):
        return "hypothetical"
    if "PAST" in categories and not _lasts(doc, mention, categories):
        return "past"
    return "present"


def _lasts(doc: Doc, mention: Mention, categories: set[str]) -> bool:
    """Tells whether the past still counts: a lasting condition, a clot of one's own, or something that goes on."""
    if mention.finding == "clot_risk" and any(
        token.text in _words("clots") for token in doc[mention.start : mention.end]
    ):
        return True
    if mention.finding in _EVENTS:
        return "RECENT" in categories
    return mention.finding in _LASTING_CONDITIONS or bool(categories & {"STILL", "RECENT"})


def _is_denied(doc: Doc, mention: Mention, modifiers: list[tuple[str, int, int]]) -> bool:
    denials = [(start, end) for category, start, end in modifiers if category == "NEGATED"]
    if mention.finding in SELF_HARM:  # only a "no" close before denies: "i cant cope no more, id rather be dead"
        denials = [(start, end) for start, end in denials if mention.start - _SELF_HARM_WINDOW <= end <= mention.start]
    if mention.finding in _NEGATIVE_FINDINGS:  # the "not" is the complaint itself
        denials = [
            (start, end)
            for start, end in denials
            if doc[start:end].text in word_group("negation.yml", "denies_trouble")
        ]
    return bool(denials) or _is_answered_no(doc, mention)


def _is_answered_no(doc: Doc, mention: Mention) -> bool:
    """Tells "swelling? no" from a question left open."""
    end = next((n for n in range(mention.end, len(doc)) if doc[n].text in SENTENCE_ENDS), len(doc))
    return end + 1 < len(doc) and doc[end].text == "?" and doc[end + 1].text in word_group("negation.yml", "answers_no")


def _is_meant(doc: Doc, category: str, start: int) -> bool:
    if category == "QUESTION":
        return _opens_question(doc, start)
    if category == "PAST":  # "it started last month" goes on
        return not any(token.text in _words("beginning") for token in doc[max(0, start - 4) : start])
    return True


def _opens_question(doc: Doc, start: int) -> bool:
    """Tells an auxiliary that asks ("is a twitch …") from one that states ("my toes are blue")."""
    if start == 0 or doc[start].text not in _words("auxiliaries"):
        return True
    before = doc[start - 1].text
    return before in SENTENCE_ENDS or before in {",", _CLAUSE_END} or before in _words("before_a_question")


def _is_about_ones_own(doc: Doc, mention: Mention) -> bool:
    near = [token.text for token in doc[max(0, mention.start - 4) : mention.end]]
    return any(word in _words("owners") for word in near) or any(
        one in _words("speakers") and other in _words("having") for one, other in pairwise(near)
    )
