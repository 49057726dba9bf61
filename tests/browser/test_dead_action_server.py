"""The emergency card while the action server is dead: it is killed again as often as it is started."""

import os
import signal
import threading

import pytest

from tests.browser.test_widget import EMERGENCY, FIRST_LINE
from tests.conftest import RunningAssistant

HONEST = "Something is wrong on my side"


@pytest.fixture
def without_actions():
    """An assistant whose action server dies whenever it lives."""
    started, ended = RunningAssistant(), threading.Event()

    def keep_dead():
        while not ended.wait(0.05):
            for pid in started.action_server():
                os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=keep_dead, daemon=True)
    killer.start()
    yield started
    ended.set()
    killer.join()
    started.stop()


def test_the_emergency_card_stays_when_the_action_server_is_dead(visit, without_actions):
    widget = visit(f"{without_actions.address}/")
    widget.say(EMERGENCY, FIRST_LINE)
    widget.log.get_by_text(HONEST).last.wait_for(timeout=10_000)
    widget.page.wait_for_timeout(1_500)  # the turn has ended, and the server has told the tier in force
    assert widget.alert.is_visible()
    assert FIRST_LINE in widget.alert.text_content()
    widget.say("what is a spasm", HONEST)
    widget.page.wait_for_timeout(1_500)
    assert widget.alert.is_visible()
    widget.page.reload()
    widget.alert.wait_for(timeout=10_000)
    assert FIRST_LINE in widget.alert.text_content()
