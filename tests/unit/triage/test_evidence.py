from urllib.parse import urlsplit

import pytest

from triage.evidence import Source, sources


def test_a_source_is_found_by_its_id():
    source = sources()["nhs_leg_cramps"]
    assert isinstance(source, Source)
    assert source.id == "nhs_leg_cramps"
    assert source.title == "Leg cramps"


def test_a_copy_says_of_whom():
    assert sources()["nhs_leg_cramps"].publisher.startswith("NHS text, as copied by")


@pytest.mark.parametrize("source", sources().values(), ids=lambda source: source.id)
def test_a_source_can_be_named_and_found(source):
    assert source.title.strip()
    assert source.publisher.strip()
    if source.url is not None:
        address = urlsplit(source.url)
        assert address.scheme in {"https", "http"}
        assert "." in address.netloc


def test_ids_are_those_under_which_sources_are_kept():
    assert all(id_ == source.id for id_, source in sources().items())
    assert "no_such_source" not in sources()
