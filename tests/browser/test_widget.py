"""The web widget in a real browser, against the real server."""

import re
import time

import pytest
import requests

from tests.browser.conftest import DESKTOP, PHONE, Widget, host_page
from tools.assistant_process import RunningAssistant

EMERGENCY = "left calf swollen and hot and im short of breath"
FIRST_LINE = "This could be an emergency"
MARKUP = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>[x](javascript:window.hacked=1) **b**'
FOCUSED = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element.textContent;
}"""
HEARD_OF_EMERGENCY = "() => heard.some(([name, detail]) => name === 'tier' && detail.tier === 'emergency_now')"


@pytest.fixture
def widget(visit, widget_server):
    return visit(f"{widget_server.address}/")


def test_a_question_is_answered_with_steps_sources_and_buttons(widget):
    widget.say("how do i make it stop its happening now", "Stretch the muscle slowly")
    assert widget.page.locator("knee-chat .said.theirs ol li").count() >= 3
    widget.page.locator("knee-chat details.sources summary").last.click()
    link = widget.page.locator("knee-chat details.sources a").last
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert link.get_attribute("href").startswith("https://")
    assert widget.choices.count() >= 2
    assert not widget.complaints


def test_a_pressed_button_is_answered_and_vanishes(widget):
    widget.say("what causes it", "tired or overworked")
    title = widget.choices.first.text_content()
    widget.choices.first.focus()
    widget.page.keyboard.press("Enter")
    mine = widget.page.locator("knee-chat .said.mine").last
    mine.wait_for()
    assert title in mine.text_content()
    assert "/ask" not in widget.log.text_content()
    widget.page.locator("knee-chat .said.theirs").nth(2).wait_for()
    assert widget.page.locator("knee-chat .choices").count() <= 1


def test_an_emergency_is_announced_and_stays_in_view(widget):
    widget.say(EMERGENCY, FIRST_LINE)
    assert widget.alert.get_attribute("role") == "alert"
    assert widget.alert.is_visible()
    assert widget.alert.locator("a[href='tel:999']").count() == 1
    widget.say("what is a spasm")
    widget.say("what causes it")
    assert widget.alert.is_visible()
    assert FIRST_LINE in widget.alert.text_content()


def test_nothing_is_lost_or_doubled_by_a_reload(widget):
    widget.say("what causes it", "tired or overworked").say("does magnesium help", "dummy pill")
    before = widget.said.count()
    widget.page.reload()
    widget.said.nth(before - 1).wait_for()
    time.sleep(0.5)
    assert widget.said.count() == before
    widget.say("is that bad", "When to worry")


def test_an_emergency_is_in_view_again_after_a_reload_until_it_is_gone(widget):
    widget.say(EMERGENCY, FIRST_LINE)
    widget.page.reload()
    widget.alert.get_by_text(FIRST_LINE).wait_for()
    widget.say("forget me").say("forget me", "has been cleared")
    widget.alert.get_by_text(FIRST_LINE).wait_for(state="detached")
    widget.page.reload()
    widget.log.get_by_text("has been cleared").wait_for()
    assert not widget.alert.get_by_text(FIRST_LINE).count()


def test_two_tabs_show_one_conversation(widget):
    widget.say("what causes it", "tired or overworked")
    other = Widget(widget.page.context.new_page()).goto(widget.page.url)
    other.log.get_by_text("tired or overworked").wait_for()
    other.say("does magnesium help", "dummy pill")
    widget.log.get_by_text("dummy pill").wait_for()
    assert widget.log.get_by_text("does magnesium help").count() == 1
    assert other.log.get_by_text("does magnesium help").count() == 1


def test_start_again_and_forget_me_clear_what_is_shown(widget):
    widget.say("my calf cramps at night", "night")
    widget.page.get_by_role("button", name="Options").click()
    widget.page.get_by_role("button", name="Forget me").click()
    widget.log.get_by_text("has been cleared").wait_for()
    widget.page.wait_for_timeout(300)
    assert "my calf cramps" not in widget.log.text_content()
    widget.page.reload()
    widget.log.get_by_text("has been cleared").wait_for()
    assert "my calf cramps" not in widget.log.text_content()


def test_markup_in_messages_stays_text(widget):
    widget.say(MARKUP)
    assert MARKUP in widget.page.locator("knee-chat .said.mine").last.text_content()
    widget.page.evaluate("text => window.kneeChat.send(text)", MARKUP)
    widget.page.wait_for_timeout(500)
    assert widget.page.evaluate("() => window.hacked") is None
    assert not widget.page.locator("knee-chat .said img[src='x']").count()


def test_markup_in_attributes_stays_text(visit, widget_server, clinic):
    hostile = "<img src=x onerror=window.hacked=1>"
    attributes = " ".join(
        f"data-{name}='{hostile}'" for name in ("title", "greeting", "colour", "position", "language", "mode")
    )
    clinic.page = host_page(widget_server.address, attributes)
    widget = visit(f"{clinic.origin}/").open().say("what causes it", "tired or overworked")
    assert widget.page.get_by_role("dialog").get_by_role("heading").text_content() == hostile
    assert widget.page.evaluate("() => window.hacked") is None


def test_nothing_is_fetched_from_anywhere_else(widget, widget_server):
    widget.say("show me a stretch for the front of my thigh", "bring your heel")
    widget.page.locator("knee-chat .said img").first.wait_for()
    widget.say(EMERGENCY, FIRST_LINE)
    host = widget_server.address.removeprefix("http://")
    foreign = [url for url in widget.requests if not re.match(rf"(https?|wss?)://{host}/", url) and url[:5] != "data:"]
    assert foreign == []
    assert not widget.complaints


def test_a_picture_has_words_for_who_cannot_see_it(widget):
    widget.say("show me a stretch for the front of my thigh", "bring your heel")
    picture = widget.page.locator("knee-chat .said img").first
    assert "heel toward the bottom" in picture.get_attribute("alt")
    until = time.monotonic() + 5  # it comes over the network, after the words
    while not picture.evaluate("image => image.complete && image.naturalWidth > 0") and time.monotonic() < until:
        time.sleep(0.05)
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")


def test_the_server_comes_back_in_mid_conversation(visit):
    server = RunningAssistant()
    try:
        widget = visit(f"{server.address}/")
        widget.say("what causes it", "tired or overworked")
        widget.page.wait_for_timeout(500)  # the turn ends after its answer
        assert server.stop() == 0
        assert not [line for line in server.output if "ERROR" in line]
        widget.status.locator("a[href='tel:112']").wait_for(timeout=15_000)
        widget.field.fill("does magnesium help")
        widget.field.press("Enter")
        server = RunningAssistant(port=server.port)
        widget.log.get_by_text("dummy pill").wait_for(timeout=30_000)
        assert widget.log.get_by_text("does magnesium help").count() == 1
        assert widget.log.get_by_text("tired or overworked").count() == 1
        assert widget.log.get_by_text("dummy pill").count() == 1
    finally:
        server.stop()


def test_a_lost_network_loses_no_message(widget):
    widget.say("what causes it", "tired or overworked")
    widget.page.context.set_offline(True)
    widget.status.locator("a[href='tel:112']").wait_for(timeout=45_000)
    widget.field.fill("does magnesium help")
    widget.field.press("Enter")
    widget.page.context.set_offline(False)
    widget.log.get_by_text("dummy pill").wait_for(timeout=20_000)
    assert widget.log.get_by_text("does magnesium help").count() == 1
    assert widget.log.get_by_text("dummy pill").count() == 1


def test_a_known_site_embeds_it(visit, clinic):
    widget = visit(f"{clinic.origin}/")
    before = [url for url in widget.requests if "/widget/" in url]
    assert sorted(url.rsplit("/", 1)[1] for url in before) == ["knee-chat.js", "locale.launcher.js"]
    widget.open().say("what causes it", "tired or overworked")
    assert widget.page.locator("knee-chat button").first.evaluate("b => getComputedStyle(b).fontSize") != "30px"


def test_an_unknown_site_gets_no_answer(visit, stranger):
    widget = visit(f"{stranger.origin}/").open()
    widget.status.get_by_text("This site may not use the chat").wait_for(timeout=20_000)
    widget.field.fill("what causes it")
    widget.field.press("Enter")
    widget.page.wait_for_timeout(1_000)
    assert "tired or overworked" not in widget.log.text_content()


@pytest.mark.parametrize("transport", ["polling", "websocket"])
def test_the_origin_is_checked_on_both_transports(widget_server, transport):
    address = f"{widget_server.address}/socket.io/?EIO=4&transport={transport}"
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    headers = {"Origin": "https://evil.example", **(upgrade if transport == "websocket" else {})}
    assert requests.get(address, headers=headers, timeout=10).status_code == 400


def test_it_stays_fast_over_200_messages(widget):
    times = []
    for number in range(200):
        begun = time.perf_counter()
        widget.say(("what causes it", "does magnesium help", "thanks", "is that bad")[number % 4])
        times.append(time.perf_counter() - begun)
    assert widget.page.locator("knee-chat .said.mine").count() == 200
    assert sorted(times[-20:])[10] < 3 * sorted(times[5:25])[10] + 0.1


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_it_fits_the_screen(visit, clinic, size):
    widget = visit(f"{clinic.origin}/", viewport=size).open()
    widget.say(EMERGENCY, FIRST_LINE)
    box = widget.page.locator("knee-chat section").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    assert box["y"] + box["height"] <= size["height"]
    inner = widget.page.evaluate(
        "() => { const s = document.querySelector('knee-chat').shadowRoot.querySelector('section');"
        "return [s.scrollWidth, s.clientWidth]; }"
    )
    assert inner[0] <= inner[1]
    assert widget.field.is_visible()


def test_it_is_used_by_keyboard_alone(visit, clinic):
    widget = visit(f"{clinic.origin}/")
    page = widget.page
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    widget.field.wait_for()
    page.wait_for_function("() => document.querySelector('knee-chat').shadowRoot.activeElement?.id === 'message'")
    page.keyboard.type("what causes it")
    page.keyboard.press("Enter")
    widget.log.get_by_text("tired or overworked").wait_for()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(FOCUSED) == widget.choices.last.text_content()
    page.keyboard.press("Enter")
    page.locator("knee-chat .said.theirs").nth(2).wait_for()
    page.keyboard.press("Escape")
    assert not page.locator("knee-chat section").is_visible()
    assert page.evaluate(FOCUSED).strip() == "Knee spasm chat"


def test_the_page_can_steer_it(visit, clinic):
    widget = visit(f"{clinic.origin}/")
    page = widget.page
    page.evaluate(
        """() => { window.heard = []; for (const name of ["open", "close", "message", "tier"])
        window.kneeChat.addEventListener(name, (event) => window.heard.push([name, event.detail])); }"""
    )
    page.evaluate("text => window.kneeChat.send(text)", EMERGENCY)
    widget.log.get_by_text(FIRST_LINE).first.wait_for()
    page.wait_for_function(HEARD_OF_EMERGENCY)
    page.evaluate("() => window.kneeChat.close()")
    names = [name for name, _ in page.evaluate("() => window.heard")]
    assert names[0] == "open"
    assert names[-1] == "close"
    assert "message" in names
