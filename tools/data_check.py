"""Reads every data file once before a start: a wrong one is told in one sentence, instead of by a danger unanswered."""

from collections.abc import Callable
from pathlib import Path

from nlu.base.compiled import compiled
from tools.settings import ROOT
from triage.loading import TriageDataError

_CODE = ("triage/*.py", "nlu/text/*.py", "nlu/findings/*.py", "nlu/entities/*.py", "nlu/intents/*.py")
_DATA = ("triage/**/*.yml", "nlu/lexicon/**/*.yml")


def data_problem() -> str | None:
    """Returns one sentence on the first data file that is wrong (file, entry, cure), or None.

    What was found right is remembered with the fingerprint of the files: it costs milliseconds when none has changed.
    """
    files = sorted(path for pattern in (*_DATA, *_CODE) for path in ROOT.glob(pattern))
    try:
        compiled("checked-data", files, _read_everything)
    except TriageDataError as error:
        return str(error)
    return None


def _read_everything() -> bool:
    """Loads each file as the assistant does.

    Raises:
        TriageDataError: one is wrong.
    """
    import spacy  # noqa: F401  # first: what medspaCy asks for and is left out here is found only after it

    from nlu.findings.assertion import AssertionClassifier
    from nlu.findings.contradictions import contradictions
    from nlu.findings.lexicon_matcher import FindingMatcher
    from nlu.intents.factors import factor_table
    from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon
    from triage.help_lines import countries
    from triage.rules import rule_table

    loaders: tuple[Callable[[], object], ...] = (
        rule_table, countries, factor_table, contradictions, FindingMatcher, AssertionClassifier,
    )  # fmt: skip
    for load in loaders:
        load()
    for path in sorted(Path(LEXICON_FOLDER).glob("*.yml")):
        read_lexicon(path)
    return True
