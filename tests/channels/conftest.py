"""One assistant with every channel switched on, against fake platforms."""

import pytest

from tools.assistant_process import RunningAssistant
from tools.fake_platforms import main_fake_platforms
from tools.fake_platforms.small_server import SmallPlatforms

WIDGET_KEY = "k" * 40


@pytest.fixture(scope="package")
def fake_platforms():
    with main_fake_platforms() as started:
        yield started


@pytest.fixture(scope="package")
def small_platforms():
    with SmallPlatforms() as started:
        yield started


@pytest.fixture(scope="package")
def assistant(fake_platforms, small_platforms, tmp_path_factory):
    database = tmp_path_factory.mktemp("channels") / "channels.sqlite"
    settings = {**small_platforms.environment(), **fake_platforms.environment(), "WIDGET_SECRET": WIDGET_KEY}
    started = RunningAssistant(**settings, CHANNELS_DATABASE=f"sqlite:///{database}")
    yield started
    started.stop()
