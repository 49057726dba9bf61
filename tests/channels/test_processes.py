"""Two servers over one inbox, and one that is killed while it answers."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

from tools.assistant_process import RunningAssistant
from tools.fake_platforms import FakeTelegram

PERSON, OTHER = "5550101", "5550102"


def test_nothing_is_lost_doubled_or_out_of_order_when_a_server_is_killed(tmp_path):
    with FakeTelegram() as telegram:
        settings = {**telegram.environment(), "CHANNELS_DATABASE": f"sqlite:///{tmp_path / 'channels.sqlite'}"}
        with ThreadPoolExecutor(2) as pool:
            one, other = pool.map(lambda _: RunningAssistant(**settings), range(2))
        try:
            known = telegram.message(PERSON, "what causes it", id=1)
            known.send(one.address)
            telegram.wait_for(1, PERSON)
            telegram.fail(recipient=PERSON)
            telegram.message(PERSON, "does magnesium help", id=2).send(one.address)
            known.send(other.address)
            telegram.message(PERSON, "why does my knee cramp at night", id=3).send(other.address)
            telegram.message(OTHER, "what causes it", id=4).send(other.address)
            telegram.wait_for(1, OTHER)
            os.killpg(one.process.pid, signal.SIGKILL)
            for pid in one.processes():
                os.kill(pid, signal.SIGKILL)
            telegram.reset_faults()
            said = [sent.text for sent in telegram.wait_for(3, PERSON, timeout=40)]
            for number in (2, 3, 4):
                telegram.message(PERSON if number < 4 else OTHER, "again", id=number).send(other.address)
            time.sleep(1)
            assert [sent.text for sent in telegram.sent_to(PERSON)] == said
            for text, words in zip(said, ["tired or overworked", "dummy pill", "at night or at rest"], strict=True):
                assert words in text
            assert len(telegram.sent_to(OTHER)) == 1
            assert not telegram.violations
        finally:
            one.process.wait(5)
            other.stop()
