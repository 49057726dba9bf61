"""What holds for every mention, whatever found it."""

import pytest

from nlu.findings.quantities import quantity_mentions
from triage.findings import vocabulary


@pytest.mark.parametrize("finding", sorted(vocabulary()))
def test_a_mention_lies_within_its_span(matcher, finding):
    for phrase in vocabulary()[finding].patient_phrases:
        tokens = matcher.tokenize(phrase)
        mentions = matcher.mentions(tokens)
        for mention in mentions + quantity_mentions(tokens, {mention.finding for mention in mentions}):
            inside = set(range(mention.start, mention.end))
            assert inside
            assert mention.own_tokens
            assert mention.targets
            assert mention.own_tokens <= inside <= set(range(len(tokens)))
            assert all(inside.issuperset(range(start, end)) for start, end in mention.targets)
            assert mention.finding in vocabulary()
            assert mention.source
