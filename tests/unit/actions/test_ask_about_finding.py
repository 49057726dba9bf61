from actions.ask_about_finding import ActionAskAboutFinding


def test_an_unclear_emergency_is_asked_about_with_the_number_to_call(talk):
    talk.hears("ask_causes", possible=["chest_pain"]).runs(ActionAskAboutFinding)
    assert talk.responses == ["utter_ask_danger"]
    assert "chest" in talk.messages[0]["question"]
    assert talk.open_question == ("chest_pain", "has")


def test_a_lesser_danger_is_asked_about_calmly(talk):
    talk.hears("ask_causes", possible=["fever_38", "knee_swollen"]).runs(ActionAskAboutFinding)
    assert talk.responses == ["utter_ask_finding"]
    assert talk.open_question[0] in {"fever_38", "knee_swollen"}


def test_what_makes_an_emergency_together_with_what_is_known_is_one(talk):
    talk.hears("ask_causes", "calf_pain", possible=["breathing_trouble"]).runs(ActionAskAboutFinding)
    assert talk.responses == ["utter_ask_danger"]


def test_the_case_is_not_changed_before_the_answer(talk):
    talk.hears("ask_causes", possible=["chest_pain"]).runs(ActionAskAboutFinding)
    assert (talk.tier, talk.present) == (None, [])


def test_where_nothing_is_unclear_nothing_is_asked_and_an_open_question_is_closed(talk):
    talk.hears("ask_causes", possible=["chest_pain"]).runs(ActionAskAboutFinding)
    talk.hears("report_emergency", "chest_pain").runs(ActionAskAboutFinding)
    assert talk.responses == []
    assert talk.open_question == (None, None)


def test_before_anything_is_said_nothing_is_asked(talk):
    talk.runs(ActionAskAboutFinding)
    assert (talk.responses, talk.returned) == ([], [])
