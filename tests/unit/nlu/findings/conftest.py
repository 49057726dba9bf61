"""What the tests of the findings share: the lexicon that ships, without the language model."""

import pytest

from nlu.findings.assertion import AssertionClassifier
from nlu.findings.lexicon_matcher import FindingMatcher


@pytest.fixture(scope="session")
def matcher():
    return FindingMatcher()


@pytest.fixture(scope="session")
def classifier():
    return AssertionClassifier()
