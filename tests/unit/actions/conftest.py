import pytest

from tests.unit.actions.talk import Talk


@pytest.fixture
def talk():
    """A conversation that has just begun, with no slot set and nothing said."""
    return Talk()
