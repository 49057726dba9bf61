"""No violations of WCAG 2.2 AA by axe-core, in any state."""

import pytest

from tests.browser.conftest import PHONE, host_page
from tests.browser.test_widget import EMERGENCY, FIRST_LINE
from tools.assistant_process import RunningAssistant

SCHEMES = ["light", "dark"]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_every_state_in_light_and_dark(visit, clinic, scheme, size):
    widget = visit(f"{clinic.origin}/", color_scheme=scheme, **({"viewport": size} if size else {}))
    widget.page.add_style_tag(content="* { color: revert !important; font-size: revert !important; }")
    assert widget.violations() == [], "closed"
    widget.open()
    assert widget.violations() == [], "open"
    widget.say("what causes it", "tired or overworked")
    assert widget.violations() == [], "with buttons"
    widget.say("show me a stretch for the front of my thigh", "bring your heel")
    widget.page.locator("knee-chat details.sources summary").last.click()
    assert widget.violations() == [], "with a picture and sources"
    widget.page.get_by_role("button", name="Options").click()
    assert widget.violations() == [], "with the menu"
    widget.page.keyboard.press("Escape")
    widget.say(EMERGENCY, FIRST_LINE)
    assert widget.violations() == [], "in an emergency"
    widget.page.context.set_offline(True)
    widget.status.locator("a[href='tel:112']").wait_for(timeout=45_000)
    assert widget.violations() == [], "out of reach"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_page_of_its_own(visit, widget_server, scheme):
    widget = visit(f"{widget_server.address}/", color_scheme=scheme, bypass_csp=True)
    widget.say("what causes it", "tired or overworked")
    assert widget.violations() == []


def test_right_to_left_and_forced_colours(visit, widget_server, clinic):
    page = host_page(widget_server.address, 'data-language="ar"')
    clinic.page = page.replace('lang="en"', 'lang="ar" dir="rtl"')
    widget = visit(f"{clinic.origin}/", forced_colors="active")
    widget.page.locator("knee-chat").get_by_role("button").first.click()
    section = widget.page.locator("knee-chat section")
    section.wait_for()
    assert section.get_attribute("dir") == "rtl"
    assert section.get_attribute("lang") == "ar"
    field = widget.page.get_by_role("textbox")
    field.fill("what causes it")
    field.press("Enter")
    answer = widget.log.get_by_text("tired or overworked")
    answer.wait_for()
    assert answer.evaluate("e => getComputedStyle(e).direction") == "ltr"  # English in an Arabic interface
    assert widget.violations() == []


def test_targets_are_large_enough(visit, clinic):
    widget = visit(f"{clinic.origin}/", viewport=PHONE).open()
    widget.say("what causes it", "tired or overworked")
    widget.page.get_by_role("button", name="Options").click()
    for button in widget.page.locator("knee-chat section button:visible, knee-chat summary:visible").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 24, button.text_content()


def test_text_at_400_percent_needs_no_sideways_scrolling(visit, widget_server):
    widget = visit(f"{widget_server.address}/", viewport={"width": 320, "height": 256})
    widget.say("what causes it", "tired or overworked")
    assert widget.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    assert widget.field.is_visible()


def test_reduced_motion_is_heeded(visit, widget_server):
    widget = visit(f"{widget_server.address}/", reduced_motion="reduce")
    widget.say("what causes it", "tired or overworked")
    moving = widget.page.evaluate(
        """() => {
          const all = (root) =>
            [...root.querySelectorAll("*")].flatMap((e) => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])]);
          return all(document).filter((e) => !["none", ""].includes(getComputedStyle(e).animationName)).length;
        }"""
    )
    assert moving == 0


def test_a_setting_that_cannot_be_used_is_one_sentence():
    with pytest.raises(RuntimeError) as error:
        RunningAssistant(WIDGET_ORIGINS="clinic.example")
    assert "WIDGET_ORIGINS holds 'clinic.example', which is no origin" in str(error.value)
    assert "Traceback" not in str(error.value)
