"""What was told beside the signs, and which questions were asked."""

from dialogue.history import facts_told, questions_asked
from triage.rules import rule_table

QUESTION = next(rule.ask_first for rule in rule_table() if rule.ask_first)


def said(**entities):
    return {"event": "user", "parse_data": {"entities": [{"entity": k, "value": v} for k, v in entities.items()]}}


def bot(text):
    return {"event": "bot", "text": text}


def test_the_latest_of_each_kind_of_fact_counts():
    assert facts_told([said(side="left"), said(side="right", age="71")]) == ({"side": "right", "age": "71"}, [])


def test_background_is_told_once_each():
    pregnant = {"entity": "factor", "value": "pregnancy", "background": "pregnancy"}
    events = [{"event": "user", "parse_data": {"entities": [pregnant, {"entity": "factor", "value": "night"}]}}] * 2
    assert facts_told(events) == ({}, ["pregnancy"])


def test_a_new_start_forgets():
    assert facts_told([said(side="left"), {"event": "restart"}]) == ({}, [])
    assert questions_asked([bot(QUESTION), {"event": "session_started"}]) == []


def test_a_snapshot_stands_for_what_is_gone():
    value = {"facts": {"side": "left"}, "background": ["pregnancy"], "questions_asked": [QUESTION]}
    events = [{"event": "slot", "name": "earlier", "value": value}, said(age="30")]
    assert facts_told(events) == ({"side": "left", "age": "30"}, ["pregnancy"])
    assert questions_asked(events) == [QUESTION]


def test_a_question_is_found_within_a_message_and_nothing_else_is():
    assert questions_asked([bot(f"Two things. {QUESTION}"), bot("Is it sore?"), bot(None)]) == [QUESTION]
