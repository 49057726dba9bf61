"""Findings that lie in numbers."""

import pytest

from nlu.findings.quantities import QUANTITY, quantity_mentions


def found(matcher, text, *mentioned):
    return {mention.finding for mention in quantity_mentions(matcher.tokenize(text), set(mentioned))}


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("temperature of 37.8", set()),
        ("temperature of 38", {"fever_38"}),
        ("temperature of 39.9", {"fever_38"}),
        ("temperature of 40", {"fever_38", "temp_40"}),
        ("38.5", {"fever_38"}),
        ("thirty nine point five fever", {"fever_38"}),
        ("fever of 100.4 f", {"fever_38"}),
        ("fever of 104 fahrenheit", {"fever_38", "temp_40"}),
        ("40", set()),
        ("40 degrees outside", set()),
        ("a fever and 40 tablets", set()),
        ("a temperature of 50", set()),
    ],
)
def test_temperatures(matcher, text, findings):
    assert found(matcher, text) == findings


@pytest.mark.parametrize(
    ("text", "findings"),
    [
        ("i am 54", set()),
        ("i am 55", {"age_55_plus"}),
        ("im sixty two", {"age_55_plus"}),
        ("70 year old man", {"age_55_plus"}),
        ("my 15 year old", {"child_patient"}),
        ("i am 120", set()),
        ("i am 70 kg", set()),
        ("he is 6", set()),
    ],
)
def test_ages(matcher, text, findings):
    assert found(matcher, text) == findings


@pytest.mark.parametrize(
    ("text", "mentioned", "findings"),
    [
        ("it has lasted 20 minutes now", "spasm_present", {"spasm_over_10_min"}),
        ("it has lasted 10 minutes now", "spasm_present", set()),
        ("it has lasted over 10 minutes now", "spasm_present", {"spasm_over_10_min"}),
        ("it has lasted 20 minutes now", "chest_pain", set()),
        ("for 3 weeks", "spasm_present", {"spasm_over_2_weeks"}),
        ("for two weeks", "spasm_present", set()),
        ("it started 3 weeks ago", "spasm_present", {"spasm_over_2_weeks"}),
        ("i was there 3 weeks ago", "spasm_present", set()),
        ("my appointment is in 3 weeks", "spasm_present", set()),
        ("for 20 weeks pregnant", "spasm_present", set()),
        ("every 20 minutes now", "spasm_present", set()),
        ("for 6 minutes", "seizure", {"seizure_over_5_min"}),
        ("for 5 minutes", "seizure", set()),
        ("over 5 minutes", "seizure", {"seizure_over_5_min"}),
        ("for 3 weeks", "seizure", set()),
    ],
)
def test_how_long_it_lasts(matcher, text, mentioned, findings):
    assert found(matcher, text, mentioned) == findings


def test_a_mention_points_at_the_number(matcher):
    tokens = matcher.tokenize("my fever is thirty nine point five today")
    [mention] = quantity_mentions(tokens, set())
    assert (mention.start, mention.end, mention.targets, mention.own_tokens) == (3, 7, ((3, 7),), {3, 4, 5, 6})
    assert mention.source == QUANTITY


@pytest.mark.parametrize(
    ("text", "mentioned", "findings"),
    [
        ("in pain for 3 weeks", "spasm_present", {"spasm_over_2_weeks"}),
        ("for 12 hours", "spasm_present", {"spasm_over_10_min"}),
        ("for 13 hours", "spasm_present", set()),
        ("for 10 hours", "seizure", {"seizure_over_5_min"}),
        ("for 11 hours", "seizure", set()),
        ("started 20 minutes ago", "spasm_present", set()),
        ("for a good 20 or so minutes", "spasm_present", {"spasm_over_10_min"}),
        ("20 minutes", "spasm_present", set()),
        ("20 minutes nonstop", "spasm_present", {"spasm_over_10_min"}),
    ],
)
def test_what_is_one_spasm_or_seizure(matcher, text, mentioned, findings):
    assert found(matcher, text, mentioned) == findings
