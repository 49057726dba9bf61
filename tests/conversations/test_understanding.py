"""Several questions, follow-ups and honest refusals, over HTTP."""

from tests.conftest import Chat


def test_two_questions_get_two_answers(server):
    said = Chat(server).say("what causes it and how do I make it stop?")
    assert "overworked muscle" in said
    assert "Stretch the tight muscle" in said


def test_a_red_flag_goes_before_both_questions(server):
    said = Chat(server).say("what causes it and how do I make it stop? also my face has dropped on one side")
    assert said.startswith("This could be an emergency")
    assert "Stretch" not in said


def test_follow_ups_stay_with_the_topic(server):
    person = Chat(server)
    person.say("how do i stretch my calf")
    assert "calves" in person.say("and at night?")
    person.say("how do i prevent it")
    assert "distance you plan to run" in person.say("and for runners?")
    assert "not dangerous" in person.say("is that bad?")
    assert "http" in person.say("who says so?")


def test_a_follow_up_with_nothing_before_it_is_met_with_a_choice_of_topics(server):
    person = Chat(server)
    assert person.say("why?") == "I can tell you more. Which topic would you like?"
    assert "/ask_causes" in [button["payload"] for button in person.buttons]


def test_no_two_refusals_in_a_row_are_alike_and_the_third_offers_everything(server):
    person = Chat(server)
    messages = ["what is the capital of france", "who won the football", "sing me a song", "best pizza topping"]
    said = [person.say(message) for message in messages]
    assert len(set(said)) == 4
    assert "outside what I know" in said[0]
    assert "pharmacist" in said[2]
    person = Chat(server)
    for message in ["what is the capital of france", "who won the football", "sing me a song"]:
        person.say(message)
    assert len(person.buttons) >= 8
    assert "/ask_human" in [button["payload"] for button in person.buttons]


def test_after_an_answer_the_count_of_refusals_begins_anew(server):
    person = Chat(server)
    person.say("what is the capital of france")
    person.say("who won the football")
    person.say("what causes knee cramps")
    assert "outside what I know" in person.say("best pizza topping")


def test_tell_me_more_goes_deeper_each_time_and_ends_in_a_choice(server):
    person = Chat(server)
    said = [person.say("how do i stop a cramp right now")]
    said += [person.say("tell me more") for _ in range(3)]
    assert len(set(said)) == 4
    assert not any("Something is wrong" in answer for answer in said)


def test_a_medicine_is_said_back_by_name_and_kind(server):
    said = Chat(server).say("could my furosemide be doing this")
    assert said.startswith("You mentioned furosemide, a water tablet.")
    assert "water tablet" in said.partition("\n")[2].lower()
    assert "You mentioned" not in Chat(server).say("could my water tablets be doing this")


def test_a_button_is_chosen_by_its_place_in_words(server):
    person, presser = Chat(server), Chat(server)
    assert person.say("what causes it") == presser.say("what causes it")
    pressed = presser.say(presser.buttons[1]["payload"])
    assert person.say("the second one") == pressed


def test_a_summary_holds_the_facts_told_beside_the_signs(server):
    person = Chat(server)
    person.say("my left calf has been cramping for 3 weeks, every night in bed, i take furosemide")
    summary = person.say("sum it up")
    for fact in ("Side: left", "How long: 3 weeks", "How often: every night", "When: in bed", "furosemide"):
        assert fact in summary


def test_a_fourth_question_is_not_dropped_without_a_word(server):
    questions = "what causes it and how long does it last and can i still go running and should i use heat or ice?"
    said = Chat(server).say(questions)
    assert "Still open: massage, heat, cold" in said


def test_a_correction_of_the_place_stays_with_the_topic(server):
    person = Chat(server)
    person.say("which stretch helps a jumping thigh")
    said = person.say("no i meant the calf")
    assert "is this gone" not in said
    assert "calf" in said.lower()


def test_somebody_else_in_a_follow_up_is_answered(server):
    person = Chat(server)
    person.say("why does my knee twitch")
    assert "with age" in person.say("what about my mum, shes 80?")


def test_who_the_person_is_colours_later_answers(server):
    person = Chat(server)
    person.say("im 20 weeks pregnant and my calf cramps")
    assert "pregnan" in person.say("how do i stop it coming back")
