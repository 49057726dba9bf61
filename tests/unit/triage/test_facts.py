from triage.contract import Entity
from triage.facts import BACKGROUND_LABEL, FACTS


def test_the_summary_begins_with_the_person_and_ends_with_the_occasion():
    assert list(FACTS) == ["age", "side", "duration", "frequency", "occasion"]


def test_no_two_lines_of_a_summary_begin_alike():
    labels = [*FACTS.values(), BACKGROUND_LABEL]
    assert len(set(labels)) == len(labels)
    assert all(label[0].isupper() and not label.endswith(":") for label in labels)


def test_a_fact_is_no_entity_that_code_decides_about():
    assert not FACTS.keys() & {value for name, value in vars(Entity).items() if name.isupper()}
