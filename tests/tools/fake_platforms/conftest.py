"""The four fakes, started once, without faults and history before each test."""

import pytest

from tools.fake_platforms import main_fake_platforms


@pytest.fixture(scope="package")
def started():
    with main_fake_platforms() as fakes:
        yield fakes


@pytest.fixture
def fakes(started):
    yield started
    for one in started.each():
        one.reset_faults()
        one.clear_history()
    started.telegram.webhook = None


@pytest.fixture
def telegram(fakes):
    return fakes.telegram


@pytest.fixture
def slack(fakes):
    return fakes.slack


@pytest.fixture
def twilio(fakes):
    return fakes.twilio


@pytest.fixture
def messenger(fakes):
    return fakes.messenger
