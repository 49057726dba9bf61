"""What is asserted of a mention, by ConText and by the rules between modifiers."""

import pytest

from nlu.findings import assertion as module
from nlu.findings.mention import Mention
from nlu.findings.quantities import quantity_mentions
from triage.findings import ASSERTIONS, vocabulary


def asserted(matcher, classifier, text, finding):
    tokens = matcher.tokenize(text)
    mentions = [mention for mention in matcher.mentions(tokens) if mention.finding == finding]
    assert mentions, f"{text!r} mentions no {finding}"
    return set(classifier.classify(tokens, mentions))


@pytest.mark.parametrize(
    ("text", "finding", "assertion"),
    [
        ("i have chest pain", "chest_pain", "present"),
        ("no chest pain", "chest_pain", "absent"),
        ("i dont have any chest pain", "chest_pain", "absent"),
        ("chest pain? no", "chest_pain", "absent"),
        ("chest pain? since when", "chest_pain", "present"),
        ("what if i get chest pain", "chest_pain", "hypothetical"),
        ("is chest pain dangerous", "chest_pain", "hypothetical"),
        ("i had chest pain years ago", "chest_pain", "past"),
        ("i still get chest pain since my operation last year", "chest_pain", "present"),
        ("my dad had chest pain in 2009", "chest_pain", "family_history"),
        ("the film where she has chest pain", "chest_pain", "figurative"),
    ],
)
def test_each_assertion(matcher, classifier, text, finding, assertion):
    assert asserted(matcher, classifier, text, finding) == {assertion}


@pytest.mark.parametrize(
    ("text", "assertion"),
    [
        ("is my chest pain bad", "present"),
        ("is it bad that i have chest pain", "present"),
        ("is it bad when you have chest pain", "hypothetical"),
        ("is my very bad old chest pain bad", "present"),
        ("is my very very bad old chest pain bad", "hypothetical"),
        ("hello is chest pain bad", "hypothetical"),
        ("the cramp is chest pain bad", "present"),
    ],
)
def test_a_question_supposes_unless_it_is_about_ones_own(matcher, classifier, text, assertion):
    assert asserted(matcher, classifier, text, "chest_pain") == {assertion}


@pytest.mark.parametrize(
    ("text", "finding", "assertion"),
    [
        ("i had leg weakness last year", "leg_weakness", "past"),
        ("my leg weakness started last year", "leg_weakness", "present"),
        ("i had diabetes years ago", "diabetes", "present"),
        ("i had a dvt years ago", "clot_risk", "present"),
        ("i flew home years ago", "clot_risk", "past"),
        ("i had a head injury yesterday", "head_injury", "present"),
        ("i had chest pain last week and it still hurts", "chest_pain", "present"),
    ],
)
def test_what_goes_on_or_lasts_is_not_past(matcher, classifier, text, finding, assertion):
    assert asserted(matcher, classifier, text, finding) == {assertion}


@pytest.mark.parametrize(
    ("text", "finding", "assertion"),
    [
        ("my dad is having a seizure now", "seizure", "present"),
        ("my dad had a seizure in 2009", "seizure", "family_history"),
        ("my mum is suicidal", "suicidal", "present"),
        ("my mum was suicidal in 2009", "suicidal", "family_history"),
    ],
)
def test_what_a_relative_has_now_counts(matcher, classifier, text, finding, assertion):
    assert asserted(matcher, classifier, text, finding) == {assertion}


@pytest.mark.parametrize(
    ("text", "assertions"),
    [
        ("no chest pain, breathless", {"chest_pain": "absent", "breathing_trouble": "present"}),
        ("no chest pain, fever or seizure", {"chest_pain": "absent", "fever_38": "absent", "seizure": "absent"}),
    ],
)
def test_a_denial_goes_on_over_commas_only_in_a_list(matcher, classifier, text, assertions):
    assert {finding: asserted(matcher, classifier, text, finding) for finding in assertions} == {
        finding: {assertion} for finding, assertion in assertions.items()
    }


def test_a_not_that_is_the_complaint_itself_denies_nothing(matcher, classifier):
    assert asserted(matcher, classifier, "i cannot put weight on it", "cannot_weight_bear_4_steps") == {"present"}
    assert asserted(matcher, classifier, "no trouble putting weight on it", "cannot_weight_bear_4_steps") == {"absent"}


def test_only_a_denial_close_before_takes_words_of_self_harm_back(matcher, classifier):
    assert asserted(matcher, classifier, "i am not suicidal", "suicidal") == {"absent"}
    assert asserted(matcher, classifier, "i cant sleep and no joke i am suicidal", "suicidal") == {"present"}


def test_an_event_of_the_past_stays_there_whatever_goes_on(matcher, classifier):
    assert asserted(matcher, classifier, "i had a head injury years ago and still feel it", "head_injury") == {"past"}


def test_no_mentions_no_assertions(matcher, classifier):
    assert classifier.classify(matcher.tokenize("hello"), []) == []


def test_one_assertion_for_each_mention_in_order(matcher, classifier):
    tokens = matcher.tokenize("no fever, my calf is swollen for 3 weeks")
    mentions = [*matcher.mentions(tokens), *quantity_mentions(tokens, {"spasm_present"})]
    assertions = classifier.classify(tokens, mentions)
    assert len(assertions) == len(mentions) > 2
    assert set(assertions) <= set(ASSERTIONS)
    assert classifier.classify(tokens, mentions[::-1]) == assertions[::-1]


def test_a_cue_within_the_mention_says_nothing_about_it(matcher, classifier):
    tokens = matcher.tokenize("leg no feeling")
    whole = Mention("new_numbness", 1, 3, ((2, 3),), frozenset({1, 2}), "no feeling")
    part = Mention("new_numbness", 2, 3, ((2, 3),), frozenset({2}), "feeling")
    assert classifier.classify(tokens, [whole, part]) == ["present", "absent"]


@pytest.mark.parametrize("group", ["_LASTING_CONDITIONS", "_EVENTS", "_NEGATIVE_FINDINGS"])
def test_every_finding_that_is_treated_apart_exists(group):
    assert getattr(module, group) - vocabulary().keys() == set()
