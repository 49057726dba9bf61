from actions.apply_red_flag_rules import ActionApplyRedFlagRules
from actions.show_sources import ActionShowSources
from triage.evidence import sources
from triage.rules import rule_table


def asked_after(talk, *ids):
    talk.hears("ask_causes").says("utter_ask_causes", sources=list(ids))
    return talk.hears("ask_sources").runs(ActionShowSources)


def test_sources_of_the_last_answer_are_listed_with_addresses(talk):
    asked_after(talk, "nhs_leg_cramps")
    source = sources()["nhs_leg_cramps"]
    assert talk.responses == ["utter_sources"]
    assert talk.messages[0]["sources"] == f"- {source.title} ({source.publisher}): {source.url}"


def test_a_source_without_an_address_is_listed_without_one(talk):
    source = next(source for source in sources().values() if not source.url)
    asked_after(talk, source.id)
    assert talk.messages[0]["sources"] == f"- {source.title} ({source.publisher})"


def test_only_the_last_answer_counts(talk):
    asked_after(talk, "mayo_cramp")
    asked_after(talk, "nhs_leg_cramps")
    assert sources()["mayo_cramp"].title not in talk.messages[0]["sources"]


def test_a_danger_in_force_goes_before_the_last_answer(talk):
    talk.hears("report_emergency", "chest_pain").runs(ActionApplyRedFlagRules)
    asked_after(talk, "nhs_leg_cramps")
    rule = next(rule for rule in rule_table() if rule.id == talk.view().case.now.assessment.rules[0].id)
    assert sources()[rule.sources[0]].title in talk.messages[0]["sources"]
    assert sources()["nhs_leg_cramps"].title not in talk.messages[0]["sources"].splitlines()[0]


def test_an_unknown_source_is_passed_over(talk):
    asked_after(talk, "no_such_source", "nhs_leg_cramps")
    assert len(talk.messages[0]["sources"].splitlines()) == 1


def test_where_all_sources_are_unknown_they_are_named_in_general(talk):
    assert asked_after(talk, "no_such_source").responses == ["utter_sources_general"]


def test_at_most_eight_are_listed(talk):
    asked_after(talk, *list(sources())[:20])
    assert len(talk.messages[0]["sources"].splitlines()) == 8


def test_without_an_answer_the_sources_are_named_in_general(talk):
    assert talk.hears("ask_sources").runs(ActionShowSources).responses == ["utter_sources_general"]


def test_before_anything_is_said_the_sources_are_named_in_general(talk):
    assert talk.runs(ActionShowSources).responses == ["utter_sources_general"]
