"""The assistant as the platforms meet it: real processes, fake platforms that know the platforms' rules."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

import pytest
import requests

from tools.fake_platforms import WebhookRequest

CAUSES = "tired or overworked"
EMERGENCY = "This could be an emergency. Call your local emergency number now (999, 112 or 911)"
DANGER = "my left calf is swollen and hot and i cant breathe"
MEDIA = {
    "voice": "listen",
    "photo": "pictures",
    "sticker": "sticker",
    "location": "country",
    "contact": "contact",
    "document": "files",
}
_numbers = count(7_700_900_100)


@pytest.fixture(autouse=True)
def healthy(fake_platforms):
    yield
    for one in fake_platforms.each():
        one.reset_faults()
    violations = fake_platforms.violations()
    for one in fake_platforms.each():
        one.clear_history()
    assert not violations


class Telegram:
    """How each platform is met by a person; the others are alike."""

    name, path = "telegram", "telegram"

    def __init__(self, fake_platforms):
        self.fake = fake_platforms.telegram

    def person(self):
        return str(next(_numbers))

    def message(self, person, text, **more):
        return self.fake.message(person, text, **more)

    def new_id(self):
        return next(_numbers)


class Slack(Telegram):
    name, path = "slack", "slack"

    def __init__(self, fake_platforms):
        self.fake = fake_platforms.slack

    def person(self):
        return f"U0{next(_numbers)}"

    def new_id(self):
        return f"Ev0{next(_numbers)}"


class Sms(Telegram):
    name, path = "sms", "twilio"

    def __init__(self, fake_platforms):
        self.fake = fake_platforms.twilio

    def person(self):
        return f"+44{next(_numbers)}"

    def new_id(self):
        return f"SM{next(_numbers):032d}"


class WhatsApp(Sms):
    name = "whatsapp"

    def message(self, person, text, **more):
        return self.fake.message(person, text, whatsapp=True, **more)


class Messenger(Telegram):
    name, path = "messenger", "facebook"

    def __init__(self, fake_platforms):
        self.fake = fake_platforms.messenger

    def new_id(self):
        return f"m_{next(_numbers)}"


@pytest.fixture(params=[Telegram, Slack, Sms, WhatsApp, Messenger], ids=lambda kind: kind.name)
def platform(request, fake_platforms):
    return request.param(fake_platforms)


def recipient(platform, person):
    return f"whatsapp:{person}" if platform.name == "whatsapp" else person


def ask(platform, assistant, text, person=None, answers=1, **more):
    """Sends a message and returns all answers, at least so many."""
    person = person or platform.person()
    before = len(platform.fake.sent_to(recipient(platform, person)))
    reply = platform.message(person, text, **more).send(assistant.address)
    assert reply.status_code == 200, reply.text
    platform.fake.wait_for(before + answers, recipient(platform, person))
    time.sleep(0.05)
    return platform.fake.sent_to(recipient(platform, person))[before:]


def counts(platform, assistant):
    return requests.get(f"{assistant.address}/webhooks/{platform.path}/", timeout=5).json()


def test_start_up_says_which_channels_are_on(assistant):
    line = next(line for line in assistant.output if "Channels on:" in line)
    for name in ("REST", "web widget", "Telegram", "Slack", "Twilio (SMS and WhatsApp)", "Messenger"):
        assert name in line


def test_a_message_gets_its_answer(platform, assistant):
    answers = ask(platform, assistant, "what causes it")
    assert len(answers) == 1
    assert CAUSES in answers[0].text


def test_the_platform_knows_the_webhook(assistant, fake_platforms):
    telegram = fake_platforms.telegram
    until = time.monotonic() + 5  # it is set beside the start
    while telegram.webhook is None and time.monotonic() < until:
        time.sleep(0.05)
    assert telegram.webhook["url"] == f"{telegram.public_url}/webhooks/telegram/webhook"
    assert telegram.webhook["secret_token"] == telegram.webhook_secret
    assert [line for line in assistant.output if "did not take the webhook" in line] == []


@pytest.mark.parametrize("change", ["unsigned", "wrongly_signed"])
def test_what_is_not_signed_by_the_platform_is_refused_and_counted(platform, assistant, change):
    before = counts(platform, assistant)["refused"]
    person = platform.person()
    reply = getattr(platform.message(person, "what causes it"), change)().send(assistant.address)
    assert reply.status_code in {401, 403}
    time.sleep(0.4)
    assert not platform.fake.sent_to(recipient(platform, person))
    assert counts(platform, assistant)["refused"] == before + 1


def test_a_body_that_was_changed_is_refused(platform, assistant):
    if platform.name == "telegram":
        pytest.skip("Telegram signs nothing; its token proves the sender alone")
    delivery = platform.message(platform.person(), "what causes it")
    assert (
        replace(delivery, body=delivery.body.replace(b"causes", b"cures ")).send(assistant.address).status_code == 401
    )


def test_what_is_too_large_is_refused(platform, assistant):
    delivery = platform.message(platform.person(), "x" * 1_100_000)
    assert delivery.send(assistant.address).status_code == 413


def test_a_delivery_that_comes_again_gets_no_second_answer(platform, assistant):
    person, id_ = platform.person(), platform.new_id()
    delivery = platform.message(person, "what causes it", id=id_)
    for _ in range(3):
        assert delivery.send(assistant.address).status_code == 200
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda _: delivery.send(assistant.address), range(5)))
    platform.message(person, "what causes it", id=id_).send(assistant.address)
    ask(platform, assistant, "thanks", person)
    said = [sent.text for sent in platform.fake.sent_to(recipient(platform, person))]
    assert sum(CAUSES in text for text in said) == 1


def test_a_replayed_slack_request_is_refused_when_it_is_old(assistant, fake_platforms):
    for seconds in (-400, 400):
        delivery = fake_platforms.slack.message("U0777", "what causes it", at=time.time() + seconds)
        assert delivery.send(assistant.address).status_code == 401


def test_a_button_is_pressed(platform, assistant):
    person = platform.person()
    first = ask(platform, assistant, "what causes it", person)[0]
    assert "/ask" not in first.text
    if platform.path == "twilio":
        assert "2. My medicines" in first.text
        answers = ask(platform, assistant, "2", person)
    else:
        assert [button.title for button in first.buttons][1] == "My medicines"
        platform.fake.press(person, first, "My medicines").send(assistant.address)
        answers = platform.fake.wait_for(2, person)[1:]
    assert "Some medicines can cause spasms" in answers[0].text


@pytest.mark.parametrize("reply", ["two", "My medicines", "the second one", "my medicines."])
def test_a_numbered_list_understands_words(assistant, fake_platforms, reply):
    platform = Sms(fake_platforms)
    person = platform.person()
    ask(platform, assistant, "what causes it", person)
    assert "Some medicines can cause spasms" in ask(platform, assistant, reply, person)[0].text


def test_a_number_without_a_list_is_no_choice(assistant, fake_platforms):
    answers = ask(Sms(fake_platforms), assistant, "2")
    assert "medicines" not in answers[0].text


def test_an_emergency_line_is_first_and_alone(platform, assistant):
    answers = ask(platform, assistant, DANGER, answers=2)
    assert answers[0].text.startswith(EMERGENCY)
    assert answers[0].text.rstrip().endswith("ask someone near you to call.")
    assert not answers[0].buttons
    assert any("clot on the lung" in sent.text for sent in answers[1:])


def test_an_emergency_is_told_whole_by_sms(assistant, fake_platforms):
    texts = [sent.text for sent in ask(Sms(fake_platforms), assistant, DANGER, answers=2)]
    assert not any("MORE" in text for text in texts)
    assert any("What to do" in text for text in texts)


def test_the_emergency_number_is_that_of_the_phones_country(assistant, fake_platforms):
    texts = [sent.text for sent in ask(Sms(fake_platforms), assistant, DANGER, "+447700900321", answers=3)]
    assert any("Emergency number in the United Kingdom: 999" in text for text in texts)
    texts = [sent.text for sent in ask(WhatsApp(fake_platforms), assistant, DANGER, "+61491570006", answers=3)]
    assert any("000" in text for text in texts[1:])


@pytest.mark.parametrize(
    ("name", "kind", "word"),
    [
        *[("telegram", kind, word) for kind, word in MEDIA.items()],
        *[("twilio", kind, word) for kind, word in MEDIA.items()],
        *[("slack", kind, MEDIA[kind]) for kind in ("voice", "photo", "document")],
        *[("messenger", kind, MEDIA[kind]) for kind in ("voice", "photo", "location", "document")],
    ],
)
def test_what_is_no_text_is_answered_in_words(assistant, fake_platforms, name, kind, word):
    fake = getattr(fake_platforms, name)
    person = {"slack": f"U0{next(_numbers)}", "twilio": f"+44{next(_numbers)}"}.get(name, str(next(_numbers)))
    getattr(fake, kind)(person).send(assistant.address)
    address = f"whatsapp:{person}" if name == "twilio" else person
    answer = fake.wait_for(1, address)[0].text
    assert word in answer
    assert "999, 112 or 911" in answer or word == "country"


def test_who_presses_get_started_is_greeted(assistant, fake_platforms):
    fake_platforms.messenger.join("895").send(assistant.address)
    assert "computer assistant" in fake_platforms.messenger.wait_for(1, "895")[0].text


def test_messengers_thumb_is_a_yes(assistant, fake_platforms):
    platform = Messenger(fake_platforms)
    person = platform.person()
    asked = ask(platform, assistant, "check my symptoms", person)
    fake_platforms.messenger.sticker(person).send(assistant.address)
    answers = fake_platforms.messenger.wait_for(len(asked) + 1, person)[len(asked) :]
    assert answers[0].text.startswith("Which of them?")


@pytest.mark.parametrize("name", ["telegram", "slack", "messenger", "twilio"])
def test_the_words_beside_a_picture_are_read(assistant, fake_platforms, name):
    fake = getattr(fake_platforms, name)
    person = {"slack": f"U0{next(_numbers)}", "twilio": f"+44{next(_numbers)}"}.get(name, str(next(_numbers)))
    address = f"whatsapp:{person}" if name == "twilio" else person
    fake.photo(person, caption=DANGER).send(assistant.address)
    answers = fake.wait_for(3, address)
    assert answers[0].text.startswith(EMERGENCY)
    time.sleep(1)
    assert any("I read only your words" in sent.text for sent in fake.sent_to(address))


def test_what_nobody_said_to_us_is_left_alone(assistant, fake_platforms):
    telegram, slack, messenger, twilio = (
        fake_platforms.telegram,
        fake_platforms.slack,
        fake_platforms.messenger,
        fake_platforms.twilio,
    )
    mine = ask(Messenger(fake_platforms), assistant, "what causes it", "881")[0]
    text = ask(Sms(fake_platforms), assistant, "hi", "+447700900881")[0]
    quiet = [
        telegram.edit("882", "what causes it"),
        telegram.from_bot("what causes it"),
        telegram.join("882"),
        telegram.leave("882"),
        telegram.group_message("882", "what causes it", mentioned=False),
        slack.edit("U0882", "what causes it"),
        slack.delete("U0882"),
        slack.from_bot("what causes it"),
        slack.echo("U0882", "what causes it"),
        slack.join("U0882"),
        slack.group_message("U0882", "what causes it", mentioned=False),
        messenger.edit("882", "what causes it"),
        messenger.echo("882", "what causes it"),
        messenger.from_bot("882", "what causes it"),
        messenger.delivered(mine),
        messenger.read("882"),
        messenger.reaction("881", mine),
        twilio.status(text, "delivered"),
        twilio.status(text, "failed", 30003),
        twilio.message("+447700900882", "STOP"),
    ]
    for one in fake_platforms.each():
        one.clear_history()
    for delivery in quiet:
        assert delivery.send(assistant.address).status_code == 200, delivery
    time.sleep(1)
    assert [sent.text for one in fake_platforms.each() for sent in one.sent] == []


def test_in_a_group_the_mention_is_answered_there(assistant, fake_platforms):
    for fake, person in ((fake_platforms.telegram, "883"), (fake_platforms.slack, "U0883")):
        fake.group_message(person, "what causes it", mentioned=True).send(assistant.address)
        answer = fake.wait_for(1)[0]
        assert CAUSES in answer.text
        assert answer.raw.get("reply_parameters") or answer.raw.get("thread_ts")


def test_slacks_two_events_of_one_mention_get_one_answer(assistant, fake_platforms):
    at = f"{time.time():.6f}"
    fake_platforms.slack.group_message("U0884", "what causes it", mentioned=True, ts=at).send(assistant.address)
    fake_platforms.slack.group_message("U0884", "what causes it", mentioned=True, as_message=True, ts=at).send(
        assistant.address
    )
    time.sleep(1)
    assert len(fake_platforms.slack.sent) == 1


def test_the_platforms_trials_of_the_address_are_answered(assistant, fake_platforms):
    challenge = fake_platforms.slack.challenge()
    assert challenge.send(assistant.address).json() == {"challenge": json.loads(challenge.body)["challenge"]}
    assert challenge.unsigned().send(assistant.address).status_code == 401
    verification = fake_platforms.messenger.verification()
    assert verification.send(assistant.address).text == verification.query["hub.challenge"]
    assert fake_platforms.messenger.verification("not-the-token").send(assistant.address).status_code == 403


def test_all_messages_of_a_bundle_are_answered(assistant, fake_platforms):
    people = ["891", "892", "893"]
    fake_platforms.messenger.deliver(
        *(fake_platforms.messenger.text_event(person, "what causes it") for person in people)
    ).send(assistant.address)
    for person in people:
        assert CAUSES in fake_platforms.messenger.wait_for(1, person)[0].text


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"{}", b'"text"', b"\xff\xfe", b"[" * 100_000, b'{"update_id": 1}', b'{"update_id": "x"}',
     b'{"update_id": 2, "message": {"from": 5, "chat": []}}', b'{"update_id": 3, "callback_query": {"from": {}}}'],
)  # fmt: skip
def test_strange_bodies_with_the_right_token_do_no_harm(assistant, fake_platforms, body):
    delivery = fake_platforms.telegram.message("894", "x")
    reply = replace(delivery, body=body).send(assistant.address)
    assert reply.status_code in {200, 400}
    assert "Traceback" not in reply.text


def test_half_an_emoji_is_no_fault_of_the_words_beside_it(assistant, fake_platforms):
    delivery = fake_platforms.telegram.message("896", "what causes it XX")
    replace(delivery, body=delivery.body.replace(b"XX", rb"\ud83e")).send(assistant.address)
    assert CAUSES in fake_platforms.telegram.wait_for(1, "896")[0].text
    reply = assistant.post(data=rb'{"sender": "half", "message": "what causes it \ud83e"}')
    assert CAUSES in reply.text


@pytest.mark.parametrize("header", ["", "\xff", "x" * 5_000])
def test_a_strange_token_is_refused(assistant, fake_platforms, header):
    delivery = fake_platforms.telegram.message("897", "x")
    headers = {**delivery.headers, "X-Telegram-Bot-Api-Secret-Token": header.encode("latin-1")}
    assert replace(delivery, headers=headers).send(assistant.address).status_code == 401


def test_a_channel_that_is_off_has_no_address(server):
    for name in ("telegram", "slack", "twilio", "facebook", "mattermost"):
        assert requests.post(f"{server.address}/webhooks/{name}/webhook", json={}, timeout=5).status_code == 404


def test_sms_are_short_first_and_more_for_the_asking(assistant, fake_platforms):
    platform = Sms(fake_platforms)
    person = platform.person()
    first = ask(platform, assistant, "why does my knee cramp at night", person)[0]
    assert first.segments <= 4
    assert "When to worry" in first.text
    assert "What to do" not in first.text
    assert "MORE" in first.text
    rest = ask(platform, assistant, "More.", person)
    assert rest[0].text.startswith("What to do: ")
    assert all(sent.segments <= 4 for sent in rest)
    third = first.text.partition("\n3. ")[2].splitlines()[0]
    again = ask(platform, assistant, "3", person)[0].text  # the list is still good
    assert again == ask(platform, assistant, third, platform.person())[0].text


def test_markup_is_the_platforms_own(assistant, fake_platforms):
    assert "<b>What to do:</b>" in ask(Telegram(fake_platforms), assistant, "what causes it")[0].raw["text"]
    assert "*What to do:*" in json.dumps(ask(Slack(fake_platforms), assistant, "what causes it")[0].raw["blocks"])
    assert "*What to do:*" in ask(WhatsApp(fake_platforms), assistant, "what causes it")[0].text
    assert "*" not in ask(Messenger(fake_platforms), assistant, "what causes it")[0].text


def test_a_picture_goes_where_it_shows(assistant, fake_platforms):
    for platform in (
        Telegram(fake_platforms),
        Slack(fake_platforms),
        WhatsApp(fake_platforms),
        Messenger(fake_platforms),
    ):
        answers = ask(platform, assistant, "how do i stretch my hamstring", answers=2)
        assert [sent.picture for sent in answers if sent.picture] == [
            "https://assistant.example/widget/pictures/hamstring-stretch.png"
        ]
    assert requests.get(f"{assistant.address}/widget/pictures/hamstring-stretch.png", timeout=5).ok
    assert len(ask(Sms(fake_platforms), assistant, "how do i stretch my hamstring")) == 1


def test_what_was_typed_is_not_obeyed(assistant, fake_platforms):
    assert "Commands that start with /" in ask(Telegram(fake_platforms), assistant, "/restart_all_now")[0].text
    assert "computer assistant" in ask(Telegram(fake_platforms), assistant, "/start")[0].text


def test_a_platform_that_asks_to_wait_is_waited_for(platform, assistant):
    platform.fake.fail(status=429, retry_after=1, times=1)
    begun = time.monotonic()
    assert CAUSES in ask(platform, assistant, "what causes it")[0].text
    if platform.name in {"telegram", "slack"}:  # the others do not say for how long
        assert time.monotonic() - begun > 0.9


def test_who_has_blocked_us_stops_nobody_else(platform, assistant):
    blocked, other = platform.person(), platform.person()
    platform.fake.block(recipient(platform, blocked))
    platform.message(blocked, "does magnesium help").send(assistant.address)
    assert CAUSES in ask(platform, assistant, "what causes it", other)[0].text
    assert not platform.fake.sent_to(recipient(platform, blocked))
    platform.fake.reset_faults()
    assert CAUSES in ask(platform, assistant, "what causes it", blocked)[0].text


def test_an_acknowledgement_does_not_wait_for_a_platform_that_hangs(platform, assistant):
    person = platform.person()
    platform.fake.hang(1.5, times=1, recipient=recipient(platform, person))
    begun = time.monotonic()
    assert platform.message(person, "what causes it").send(assistant.address).status_code == 200
    assert time.monotonic() - begun < 1
    platform.message(person, "thanks").send(assistant.address)
    said = [sent.text for sent in platform.fake.wait_for(2, recipient(platform, person))]
    assert CAUSES in said[0]


def test_no_secret_and_no_number_is_printed(assistant, fake_platforms):
    printed = "".join(assistant.output)
    for name, value in fake_platforms.environment().items():
        if any(word in name for word in ("TOKEN", "SECRET")):
            assert value not in printed, name
    assert "7700900" not in printed


TURNS = [
    ("what causes it", CAUSES),
    ("does magnesium help", "dummy pill"),
    ("why does my knee cramp at night", "at night or at rest"),
    ("thanks", "welcome"),
]


def test_two_hundred_messages_of_fifty_people_are_answered_once_and_in_order(assistant, fake_platforms):
    kinds = [
        Telegram(fake_platforms),
        Slack(fake_platforms),
        Sms(fake_platforms),
        WhatsApp(fake_platforms),
        Messenger(fake_platforms),
    ]
    fake_platforms.messenger.fail()  # all the while
    people = [(kind, kind.person()) for kind in kinds for _ in range(10)]

    def talk(who):
        kind, person = who
        for text, _ in TURNS:
            delivery: WebhookRequest = kind.message(person, text)
            assert delivery.send(assistant.address).status_code == 200

    begun = time.monotonic()
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(talk, people))
    for kind, person in people:
        if kind.name != "messenger":
            kind.fake.wait_for(len(TURNS), recipient(kind, person), timeout=40)
    took = time.monotonic() - begun
    fake_platforms.messenger.reset_faults()
    for kind, person in people:
        said = [sent.text for sent in kind.fake.wait_for(len(TURNS), recipient(kind, person), timeout=60)]
        assert len(said) == len(TURNS)
        for text, (_, words) in zip(said, TURNS, strict=True):
            assert words in text
    assert "Something is wrong" not in "".join(sent.text for one in fake_platforms.each() for sent in one.sent)
    print(f"160 answers in {took:.1f} s beside a platform that fails")


CLOSED = "That question is closed"


@pytest.fixture(params=[Telegram, Slack, Messenger], ids=lambda kind: kind.name)
def with_buttons(request, fake_platforms):
    return request.param(fake_platforms)


def press(platform, assistant, person, sent, title):
    before = len(platform.fake.sent_to(person))
    platform.fake.press(person, sent, title).send(assistant.address)
    time.sleep(0.5)
    return "\n".join(answer.text for answer in platform.fake.sent_to(person)[before:])


def test_an_answer_counts_once_and_for_its_own_question_alone(assistant, with_buttons):
    person = with_buttons.person()
    question = ask(with_buttons, assistant, "check my symptoms", person)[-1]
    assert "None of the warning signs" in press(with_buttons, assistant, person, question, "None of these")
    assert press(with_buttons, assistant, person, question, "None of these") == ""
    assert CLOSED in press(with_buttons, assistant, person, question, "Yes, one or more")
    new = ask(with_buttons, assistant, "check my symptoms", person)[-1]
    assert CLOSED in press(with_buttons, assistant, person, question, "None of these")
    assert "Which of them?" in press(with_buttons, assistant, person, new, "Yes, one or more")


def test_a_yes_after_something_else_is_not_passed_over(assistant, with_buttons):
    person = with_buttons.person()
    question = ask(with_buttons, assistant, "check my symptoms", person)[-1]
    ask(with_buttons, assistant, "what is a tendon", person)
    assert "not sure which question" in press(with_buttons, assistant, person, question, "Yes, one or more")


def test_nobody_answers_for_another_in_a_group(assistant, fake_platforms):
    fake_platforms.telegram.group_message("901", "check my symptoms", mentioned=True).send(assistant.address)
    question = fake_platforms.telegram.wait_for(1)[-1]
    assert "mention me" in question.text
    fake_platforms.telegram.press("902", question, "Yes, one or more").send(assistant.address)
    assert CLOSED in fake_platforms.telegram.wait_for(2)[-1].text


@pytest.mark.parametrize("command", ["/help", "/start", "/stop", "/start@fake_knee_bot", "/ask"])
def test_the_words_behind_a_command_are_read(assistant, fake_platforms, command):
    answers = ask(Telegram(fake_platforms), assistant, f"{command} i cant breathe and my chest hurts", answers=2)
    assert answers[0].text.startswith(EMERGENCY)


def test_a_link_to_the_bot_greets(assistant, fake_platforms):
    assert "computer assistant" in ask(Telegram(fake_platforms), assistant, "/start from-page-7")[0].text


def test_slack_messages_without_text_are_read(assistant, fake_platforms):
    rich = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": DANGER}]}],
    }
    shared = {"is_share": True, "is_msg_unfurl": True, "text": DANGER, "author_id": "U0999"}
    for person, fields in (("U0911", {"blocks": [rich]}), ("U0912", {"attachments": [shared]})):
        delivery = fake_platforms.slack.message(person, "", **fields)
        delivery.send(assistant.address)
        assert fake_platforms.slack.wait_for(2, person)[0].text.startswith(EMERGENCY)


def test_one_event_that_cannot_be_read_costs_no_other(assistant, fake_platforms):
    broken = fake_platforms.messenger.text_event("913", "x")
    broken["message"] |= {"text": ["x"], "quick_reply": "zz"}
    fake_platforms.messenger.deliver(broken, fake_platforms.messenger.text_event("914", DANGER)).send(assistant.address)
    assert fake_platforms.messenger.wait_for(1, "914")[0].text.startswith(EMERGENCY)


@pytest.mark.parametrize("object_", ["instagram", "permissions"])
def test_what_is_not_from_a_page_is_no_error(assistant, fake_platforms, object_):
    delivery = fake_platforms.messenger.deliver()
    body = json.dumps({"object": object_, "entry": []}).encode()
    assert replace(delivery, body=body).send(assistant.address).status_code == 401
    assert delivery.send(assistant.address).status_code == 200


def test_a_question_is_never_held_back_by_sms(assistant, fake_platforms):
    texts = [sent.text for sent in ask(Sms(fake_platforms), assistant, "check my symptoms")]
    assert "MORE" not in "".join(texts)
    assert "2. Yes, one or more" in texts[-1]
    assert "cola" in "".join(texts)


def test_a_caption_that_looks_like_a_file_is_read(assistant, fake_platforms):
    platform = WhatsApp(fake_platforms)
    for text, words in (("cant breathe and my chest hurts.pls", EMERGENCY), ("scan of my knee.pdf", "open files")):
        person = platform.person()
        fake_platforms.twilio.document(person, caption=text).send(assistant.address)
        assert words in fake_platforms.twilio.wait_for(1, f"whatsapp:{person}")[0].text


def test_an_album_is_answered_once(assistant, fake_platforms):
    photos = [json.loads(fake_platforms.telegram.photo("915").body) for _ in range(3)]
    for update in photos:
        update["message"]["media_group_id"] = "13579"
        delivery = fake_platforms.telegram.photo("915")
        replace(delivery, body=json.dumps(update).encode()).send(assistant.address)
    ask(Telegram(fake_platforms), assistant, "thanks", "915")
    assert sum("pictures" in sent.text for sent in fake_platforms.telegram.sent_to("915")) == 1
