"""What went wrong while one message was answered."""

import asyncio
import contextvars
import logging

from nlu.base import faults


def test_what_fails_is_in_the_record_of_the_message_and_in_the_log(caplog):
    record = faults.start()
    with caplog.at_level(logging.ERROR):
        faults.report("tracker store", OSError("disk full"))
        faults.report("answer", "too late")
    assert record.faults == ["tracker store", "answer"]
    assert faults.current() is record
    assert "tracker store failed: disk full" in caplog.text


def test_outside_of_a_message_it_is_only_logged(caplog):
    def outside():
        assert faults.current() is None
        faults.report("lock store", "gone")

    contextvars.Context().run(outside)
    assert "lock store failed: gone" in caplog.text


def test_two_messages_at_once_have_records_of_their_own_and_tasks_share_theirs():
    async def answer(part):
        record = faults.start()
        await asyncio.sleep(0)
        await asyncio.create_task(fail(part))
        return record.faults

    async def fail(part):
        faults.report(part, "failed")

    async def both():
        return await asyncio.gather(answer("one"), answer("other"))

    assert asyncio.run(both()) == [["one"], ["other"]]


def test_a_process_that_works_keeps_its_result():
    class Component:
        @faults.fail_soft
        def process(self, messages):
            """Doubles."""
            return messages * 2

    assert Component().process([1]) == [1, 1]
    assert Component.process.__doc__ == "Doubles."
