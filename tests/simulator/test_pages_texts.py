"""Messages and USSD on the phones' page, in a real browser."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.simulator.browsing import HUDA, phone, read, turn
from tests.simulator.small_hotline import (
    CODE,
    DONE,
    GREETING,
    HOSTILE,
    NUMBER_TOLD,
    SCREEN,
    STAFF,
    TEXTED,
    Hotline,
    Network,
)


@pytest.mark.browser
def test_a_message_is_written_and_the_reply_is_read_with_its_english_and_its_units(page: Page) -> None:
    caller = turn(page, "Caller one", "Messages")

    caller.get_by_label("A message").fill("اتصل")
    page.keyboard.press("Enter")

    mine, theirs = caller.locator(".bubble.out"), caller.locator(".bubble.in")
    expect(mine.locator(".spoken")).to_have_text("اتصل")
    expect(theirs.locator(".spoken")).to_have_text(TEXTED)
    expect(theirs.locator(".meaning")).to_have_text(re.compile("Request .?47.? recorded"))
    expect(theirs.locator(".units")).to_have_text(f"{len(TEXTED)} units · 1 SMS")
    assert theirs.locator(".spoken").get_attribute("dir") == "rtl"
    expect(caller.get_by_label("A message")).to_have_value("")


@pytest.mark.browser
def test_a_message_that_nobody_looked_at_is_counted_on_its_tab(page: Page) -> None:
    caller = turn(page, "Caller one", "Messages")
    caller.get_by_label("A message").fill("1")
    page.keyboard.press("Enter")
    expect(caller.locator(".bubble.in")).to_have_count(1)
    caller.get_by_role("tab", name="Call").click()
    # the answer to this one comes while nobody looks: sent from outside, since a quick answer would be seen at once
    settings = page.request.get(f"{page.url.rstrip('/')}/sim/settings").json()
    number = "".join(letter for letter in caller.locator("bdi").first.inner_text() if letter in "+0123456789")
    page.request.post(
        f"{page.url.rstrip('/')}/sim/messages", data={"from": number, "to": settings["numbers"][0], "text": "1"}
    )

    expect(caller.locator(".unread")).to_have_text("1")
    caller.get_by_role("tab", name="Messages").click()

    expect(caller.locator(".unread")).to_have_text("")


@pytest.mark.browser
def test_a_responder_writes_to_the_staff_number(page: Page, network: Network) -> None:
    huda = turn(page, "Huda", "Messages")

    huda.get_by_label("A message").fill("1")
    huda.get_by_role("button", name="Send").click()

    expect(huda.locator(".bubble.in .spoken")).to_have_text(TEXTED)
    events = json.loads(read(f"{network.url}/sim/events")[2])["events"]
    assert [event["with"] for event in events if event["kind"] == "message"] == [STAFF, STAFF]
    expect(huda.get_by_role("tab", name="USSD")).to_have_count(0)


@pytest.mark.browser
def test_words_of_a_message_that_look_like_markup_stay_words(page: Page) -> None:
    caller = turn(page, "Caller one", "Messages")

    caller.get_by_label("A message").fill("9")
    page.keyboard.press("Enter")

    expect(caller.locator(".bubble.in .spoken")).to_have_text(HOSTILE)
    assert page.locator("img").count() == 0


@pytest.mark.browser
def test_a_code_is_dialled_with_the_keypad_and_a_screen_is_answered(page: Page) -> None:
    caller = turn(page, "Caller one", "USSD")

    for key in ("star", "7", "2", "6", "hash"):
        caller.get_by_role("group", name="Keypad").get_by_role("button", name=key).click()
    expect(caller.get_by_label("A code")).to_have_value(CODE)
    caller.get_by_role("button", name="Dial code").click()
    expect(caller.locator(".menu .spoken")).to_have_text(SCREEN)
    expect(caller.locator(".menu .units")).to_have_text(f"{len(SCREEN)} units")
    caller.get_by_label("Your answer").fill("2")
    page.keyboard.press("Enter")

    expect(caller.locator(".menu .spoken")).to_have_text(DONE)
    expect(caller.locator(".menu .meaning")).to_have_text("Done. You are not alone")
    caller.get_by_role("button", name="Close").click()
    expect(caller.locator(".menu .spoken")).to_have_text("")


@pytest.mark.browser
def test_a_dialog_can_be_left(page: Page) -> None:
    caller = turn(page, "Caller one", "USSD")
    caller.get_by_role("button", name="Dial code").click()
    expect(caller.locator(".menu .spoken")).to_have_text(SCREEN)

    caller.get_by_role("button", name="Cancel").click()

    expect(caller.locator(".menu .note")).to_have_text("You left.")


@pytest.mark.browser
def test_a_phone_that_rings_shows_its_call(page: Page, network: Network, hotline: Hotline) -> None:
    huda = turn(page, "Huda", "Messages")

    network.ring(HUDA, url=f"{hotline.url}/offer")

    expect(huda.get_by_role("tab", name="Call")).to_have_attribute("aria-selected", "true")
    expect(huda.get_by_role("button", name="Answer")).to_be_visible()


@pytest.mark.browser
def test_arrows_move_between_the_tabs_and_typed_digits_are_letters_in_a_message(page: Page) -> None:
    caller = phone(page, "Caller one")
    caller.get_by_role("button", name="Dial").click()
    expect(caller.locator(".newest")).to_be_visible()
    caller.get_by_role("tab", name="Call").focus()

    page.keyboard.press("ArrowRight")
    expect(caller.get_by_role("tab", name="Messages")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("22")

    expect(caller.get_by_label("A message")).to_have_value("22")
    expect(caller.locator(".spoken", has_text=NUMBER_TOLD)).to_have_count(0)


@pytest.mark.browser
@pytest.mark.parametrize("tab", ["Messages", "USSD"])
@pytest.mark.parametrize("width", [1280, 1024])
def test_no_tab_has_to_be_scrolled_sideways(page: Page, tab: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    turn(page, "Huda", "Messages")

    turn(page, "Caller one", tab)

    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def kept(page: Page) -> str:
    """What the button beside the caller's name gives."""
    with page.expect_download() as download:
        phone(page, "Caller one").get_by_role("button", name="Keep what").click()
    return download.value.path().read_text("utf-8")


@pytest.mark.browser
def test_what_was_heard_and_keyed_is_kept_as_words_and_keys_under_a_transcripts_head(page: Page) -> None:
    caller = phone(page, "Caller one")
    caller.get_by_role("button", name="Dial").click()
    expect(caller.locator(".newest")).to_be_visible()
    page.keyboard.press("2")
    expect(caller.locator(".newest .spoken")).to_have_text(NUMBER_TOLD)

    text = kept(page)

    assert text.splitlines()[-3:] == [f'" {GREETING}', "> 2", f'" {NUMBER_TOLD}']
    assert "channel: voice" in text.splitlines()


@pytest.mark.browser
def test_a_dialog_is_kept_with_its_screens(page: Page) -> None:
    caller = turn(page, "Caller one", "USSD")
    caller.locator(".hook.green").click()
    expect(caller.locator(".menu .spoken")).to_have_text(SCREEN)
    caller.get_by_label("Your answer").fill("2")
    caller.get_by_role("button", name="Send").click()
    expect(caller.locator(".menu .spoken")).to_have_text(DONE)

    text = kept(page)

    assert text.splitlines()[-2:] == ["> 2", f'" {DONE}']
    assert "channel: ussd" in text.splitlines()
