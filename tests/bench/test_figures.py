"""Figures are put into their section, and nothing else of the file changes."""

import pytest

from bench.figures import README, SectionError, conditions, describe, publish, replace_section

SECTIONS = ("safety", "understanding", "against_stock", "language_part", "channels", "first_paint")
TEXT = """# Head

<!-- one:begin -->
old
<!-- one:end -->
between
<!-- two:begin -->
<!-- two:end -->
tail
"""


@pytest.fixture
def readme(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_section_is_replaced_and_the_rest_stays(readme):
    replace_section("one", "| a | table |\n", readme)
    assert readme.read_text(encoding="utf-8") == TEXT.replace("\nold\n", "\n| a | table |\n")


def test_an_empty_section_is_filled_and_again_the_same_changes_nothing(readme):
    replace_section("two", "new", readme)
    once = readme.read_text(encoding="utf-8")
    assert once == TEXT.replace("<!-- two:begin -->\n", "<!-- two:begin -->\nnew\n")
    replace_section("two", "new", readme)
    assert readme.read_text(encoding="utf-8") == once


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("<!-- one:begin -->", ""),
        TEXT.replace("<!-- one:end -->", ""),
        TEXT + "<!-- one:begin -->",
        "<!-- one:end -->\n<!-- one:begin -->\n",
    ],
    ids=["no begin", "no end", "two begins", "wrong order"],
)
def test_a_file_without_the_markers_stays_as_it_is(readme, text, capsys):
    readme.write_text(text, encoding="utf-8")
    with pytest.raises(SectionError, match="<!-- one:begin -->"):
        replace_section("one", "new", readme)
    assert publish("one", "new", readme) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert readme.read_text(encoding="utf-8") == text


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SectionError, match="cannot be read"):
        replace_section("one", "new", tmp_path / "README.md")


def test_the_conditions_are_a_sentence():
    found = conditions()
    assert found["cores"] >= 1
    assert describe(found).startswith(f"Measured on {found['date']} on ")


@pytest.mark.parametrize("name", SECTIONS)
def test_every_section_is_in_the_readme_and_filled(name):
    text = README.read_text(encoding="utf-8")
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    assert text.count(begin) == text.count(end) == 1
    section = text.partition(begin)[2].partition(end)[0]
    assert section.strip().startswith("Measured on ")
