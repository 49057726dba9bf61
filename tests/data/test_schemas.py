"""Every data file has a schema and follows it, and what the files say of each other holds."""

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from nlu.entities import facts
from nlu.findings import contradictions
from nlu.intents import follow_ups
from nlu.intents.factors import factor_table
from nlu.text import choices
from nlu.text.lexicon import LEXICON_FOLDER, read_lexicon, word_group
from triage.evidence import sources
from triage.findings import vocabulary
from triage.help_lines import ANYWHERE, countries
from triage.loading import DATA_FOLDER, read_data, schema_of, validate

ROOT = DATA_FOLDER.parent
PICTURES = ROOT / "widget" / "pictures" / "pictures.json"
SELF_TESTS = Path(__file__).parents[1] / "unit" / "triage" / "self_test_cases.yml"


def is_data(path):
    return path.parent.name != "schemas"


LEXICONS = sorted(filter(is_data, LEXICON_FOLDER.rglob("*.yml")))
FILES = [*filter(is_data, sorted(DATA_FOLDER.rglob("*.yml"))), *LEXICONS, PICTURES, SELF_TESTS]
SCHEMAS = sorted({path for file in FILES for path in schema_of(file).parent.glob("*")})


def named(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_every_data_file_follows_its_schema(path):
    loader = yaml.BaseLoader if path in LEXICONS else yaml.SafeLoader
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    validate(path.name, data, yaml.safe_load(schema_of(path).read_text(encoding="utf-8")))


@pytest.mark.parametrize("schema", SCHEMAS, ids=named)
def test_every_schema_is_one_and_is_of_a_file(schema):
    Draft202012Validator.check_schema(yaml.safe_load(schema.read_text(encoding="utf-8")))
    assert schema in map(schema_of, FILES)


@pytest.mark.parametrize("schema", SCHEMAS, ids=named)
def test_no_schema_lets_a_key_through_that_it_does_not_name(schema):
    def check(part):
        if isinstance(part, dict):
            if part.get("type") == "object":
                assert "additionalProperties" in part, part
            for inner in part.values():
                check(inner)
        elif isinstance(part, list):
            for inner in part:
                check(inner)

    check(yaml.safe_load(schema.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", LEXICONS, ids=named)
def test_lexicons_can_be_read_in_a_diff(path):
    assert max(map(len, path.read_text(encoding="utf-8").splitlines())) <= 120


def word_lists():
    """Yields the lists in which the order of words means nothing, with their names."""
    for path in (LEXICON_FOLDER / "concepts.yml", *sorted((LEXICON_FOLDER / "frames").glob("*.yml"))):
        yield from read_lexicon(path)["concepts"].items()
    yield from read_lexicon(LEXICON_FOLDER / "places.yml")["names"].items()
    for name in ("replies", "reply_cues", "negation", "matching", "assertion", "quantities", "numbers"):
        groups = read_lexicon(LEXICON_FOLDER / f"{name}.yml").items()
        yield from ((f"{name} {group}", words) for group, words in groups if isinstance(words, list))
    for id_, factor in read_lexicon(LEXICON_FOLDER / "factors.yml")["factors"].items():
        yield from ((f"{id_} {key}", factor[key]) for key in ("words", "medicine_names") if key in factor)
    for category, groups in read_lexicon(LEXICON_FOLDER / "context_rules.yml").items():
        yield from ((category, group["words"]) for group in groups)
    yield "short forms", list(read_lexicon(LEXICON_FOLDER / "spelling.yml")["short_forms"])


def test_lists_of_words_are_sorted():
    unsorted = {name: words for name, words in word_lists() if words != sorted(words)}
    assert not unsorted, f"sort {', '.join(unsorted)}"


def test_patterns_of_lexicons_can_be_compiled():
    assert all(facts._patterns().values())
    assert follow_ups._patterns()
    assert choices._patterns()
    assert contradictions.contradictions().keys() <= vocabulary().keys()


def test_what_lexicons_name_exists():
    assert set(read_lexicon(LEXICON_FOLDER / "places.yml")["names"]) <= countries()
    parts = word_group("matching.yml", "body_parts")
    assert parts <= read_lexicon(LEXICON_FOLDER / "concepts.yml")["concepts"].keys()
    assert set(read_lexicon(LEXICON_FOLDER / "factors.yml")["background"]) <= factor_table().keys()


def test_numbers_to_call_rest_on_sources():
    data = read_data(DATA_FOLDER / "help_lines.yml")
    lines = [entry for kind in ("emergency_numbers", "crisis_lines", "poison_lines") for entry in data[kind]]
    assert {source for line in lines for source in line["sources"]} <= sources().keys()
    assert all(line["code"] in countries() | {ANYWHERE} for line in lines)


def test_shared_numbers_are_of_countries_that_are_here():
    data = read_data(DATA_FOLDER / "help_lines.yml")
    assert set(data["shared_numbers"].values()) <= countries()
    assert not set(data["european_union"]) & countries()


def test_every_picture_that_is_described_is_there():
    for name in read_data(PICTURES):
        assert {(PICTURES.parent / f"{name}.{ending}").is_file() for ending in ("png", "svg")} == {True}
