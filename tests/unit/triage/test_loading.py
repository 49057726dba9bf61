"""A broken data file is refused in one sentence that names the file, the entry and the cure."""

import json

import pytest

from triage import loading
from triage.loading import TriageDataError, read_data, refuse_doubles, schema_of

SCHEMA = """
type: object
additionalProperties: false
required: [rules]
properties:
  rules:
    type: array
    items:
      type: object
      additionalProperties: false
      required: [id, tier]
      properties:
        id: {type: string, pattern: '^R', description: an id that begins with R}
        tier: {type: string, enum: [now, soon]}
        sources: {type: array, minItems: 1, uniqueItems: true, items: {type: string}}
  help_lines:
    type: array
    items: {type: object, additionalProperties: {type: string}}
"""
GOOD = "rules:\n- {id: R1, tier: now}\n"


@pytest.fixture
def folder(tmp_path):
    """A folder with the schema of ``rules.yml``."""
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "rules.yml").write_text(SCHEMA, encoding="utf-8")
    return tmp_path


def written(folder, text):
    path = folder / "rules.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_that_follows_its_schema_is_read(folder):
    assert read_data(written(folder, GOOD)) == {"rules": [{"id": "R1", "tier": "now"}]}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rules:\n- {id: R1}\n", "rules.yml, rule R1: has no 'tier'; add it."),
        ("rules:\n- {tier: now}\n", "rules.yml, rules, entry 1: has no 'id'; add it."),
        ("", "rules.yml: None does not belong here; write keys with values."),
        (
            "rules:\n- {id: R1, tier: emergency}\n",
            "rules.yml, rule R1, tier: 'emergency' is none of now, soon; write one of these.",
        ),
        ("rules:\n- {id: R1, teir: now, tier: now}\n", "rules.yml, rule R1: 'teir' is no key that is read here; write"),
        ("rules:\n- {id: R1, tier: now, who: me}\n", "rules.yml, rule R1: 'who' is no key that is read here; take it"),
        (
            "rules:\n- {id: R1, tier: now, sources: nhs}\n",
            "rules.yml, rule R1, sources: 'nhs' does not belong here; write a list.",
        ),
        (
            "rules:\n- {id: R1, tier: now, sources: [nhs, 111]}\n",
            "rules.yml, rule R1, sources, entry 2: 111 does not belong here; write text in quotes.",
        ),
        (
            "rules:\n- {id: R1, tier: now, sources: []}\n",
            "rules.yml, rule R1, sources: is empty; fill it or take it out.",
        ),
        (
            "rules:\n- {id: R1, tier: now, sources: [nhs, nhs]}\n",
            "rules.yml, rule R1, sources: 'nhs' stands in it twice; take one out.",
        ),
        (
            "rules:\n- {id: X1, tier: now}\n",
            "rules.yml, rule X1, id: 'X1' does not fit; write an id that begins with R.",
        ),
        (
            "rules: []\nhelp_lines:\n- {code: GB, number: 999}\n",
            "rules.yml, help line GB, number: 999 does not belong here; write text in quotes.",
        ),
        ("rules:\n- {id: R1\n", "is not YAML"),
        ("rules:\n- id: R1\n  tier: now\n  tier: soon\n", "rules.yml, line 3: 'tier' stands twice in one entry; join"),
    ],
)
def test_each_kind_of_flaw_is_named_with_its_place_and_its_cure(folder, text, says):
    with pytest.raises(TriageDataError) as refused:
        read_data(written(folder, text))
    sentence = str(refused.value)
    assert says in sentence
    assert sentence.startswith("rules.yml")
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_a_broken_file_names_the_line(folder):
    with pytest.raises(
        TriageDataError, match=r"^rules.yml, line 3: is not YAML .+; mend the line, or quote its text\.$"
    ):
        read_data(written(folder, "rules:\n- id: R1\n  tier: now: or soon\n"))


def test_a_missing_file_or_schema_is_named(folder):
    with pytest.raises(TriageDataError, match=r"/rules.yml cannot be read \(No such file or directory\); put the file"):
        read_data(folder / "rules.yml")
    written(folder, GOOD)
    (folder / "schemas" / "rules.yml").unlink()
    with pytest.raises(TriageDataError, match=r"^schemas/rules.yml cannot be read"):
        read_data(folder / "rules.yml")


def test_in_a_lexicon_every_scalar_is_a_word(folder):
    data = read_data(written(folder, "rules:\n- {id: R1, tier: now, sources: [no, on, 12]}\n"), only_strings=True)
    assert data["rules"][0]["sources"] == ["no", "on", "12"]


def test_an_id_that_occurs_twice_is_named():
    with pytest.raises(TriageDataError, match=r"^rules.yml, rule R2: occurs twice; give one of them another id"):
        refuse_doubles("rules.yml", "rule", ["R1", "R2", "R2"])
    refuse_doubles("rules.yml", "rule", ["R1", "R2"])


def test_files_of_one_kind_share_the_schema_of_their_folder(tmp_path):
    frames = tmp_path / "frames"
    (tmp_path / "schemas").mkdir()
    assert schema_of(frames / "nerve.yml") == frames / "schemas" / "nerve.yml"
    (tmp_path / "schemas" / "frames.yml").touch()
    assert schema_of(frames / "nerve.yml") == tmp_path / "schemas" / "frames.yml"


@pytest.fixture
def kept(folder, monkeypatch):
    """Takes the folder for the repository; returns the names of the files that are held against a schema."""
    held = []
    validate = loading.validate
    monkeypatch.setattr(loading, "_ROOT", folder)
    monkeypatch.setattr(loading, "_VALID_FILES", folder / "valid.json")
    monkeypatch.setattr(loading, "validate", lambda name, *rest: (held.append(name), validate(name, *rest)))
    return held


def test_a_file_that_has_not_changed_is_held_against_its_schema_once(folder, kept):
    path = written(folder, GOOD)
    assert read_data(path) == read_data(path)
    assert kept == ["rules.yml"]
    assert list(json.loads((folder / "valid.json").read_text())) == ["rules.yml"]


def test_a_change_of_the_file_or_of_its_schema_is_looked_at(folder, kept):
    path = written(folder, GOOD)
    read_data(path)
    read_data(written(folder, GOOD + "- {id: R2, tier: soon}\n"))
    (folder / "schemas" / "rules.yml").write_text(SCHEMA.replace("[now, soon]", "[soon]"), encoding="utf-8")
    with pytest.raises(TriageDataError, match="'now' is none of soon"):
        read_data(path)
    assert len(kept) == 3


def test_a_broken_file_is_never_kept_as_valid(folder, kept):
    path = written(folder, "rules: 5\n")
    for _ in range(2):
        with pytest.raises(TriageDataError):
            read_data(path)
    assert len(kept) == 2


@pytest.mark.parametrize("content", ["", "[]", "not json"])
def test_what_was_kept_may_be_gone_or_broken(folder, kept, content):
    (folder / "valid.json").write_text(content)
    assert read_data(written(folder, GOOD))
    assert kept == ["rules.yml"]


def test_nothing_depends_on_a_place_to_keep_it(folder, kept, monkeypatch):
    monkeypatch.setattr(loading, "_VALID_FILES", folder / "nowhere" / "valid.json")
    path = written(folder, GOOD)
    assert read_data(path) == read_data(path)
    assert len(kept) == 2
