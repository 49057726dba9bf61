"""One assistant with every channel switched on, against stand-ins of the platforms."""

import pytest

from tests.conftest import Server
from tools.fake_platforms import all_stand_ins
from tools.fake_platforms.small_server import OthersStandIn

WIDGET_KEY = "k" * 40


@pytest.fixture(scope="package")
def four():
    with all_stand_ins() as started:
        yield started


@pytest.fixture(scope="package")
def others():
    with OthersStandIn() as started:
        yield started


@pytest.fixture(scope="package")
def assistant(four, others, tmp_path_factory):
    database = tmp_path_factory.mktemp("channels") / "channels.sqlite"
    settings = {**others.environment(), **four.environment(), "WIDGET_SECRET": WIDGET_KEY}
    started = Server(**settings, CHANNELS_DATABASE=f"sqlite:///{database}")
    yield started
    started.stop()
