"""The phones' page: what it is served with, and what a person sees and does on it, in a real browser."""

import json
import re
from pathlib import Path

import pytest
from aiohttp import web
from playwright.sync_api import Browser, Locator, Page, expect

from gateway.simulator.pages import FOLDER, UnusablePage, add_pages
from tests.simulator.browsing import CALLER, HUDA, NOOR, phone, read
from tests.simulator.small_hotline import GREETING, HOSTILE, HOTLINE, NUMBER_TOLD, Hotline, Network, running_network

CASE = {
    "alias": "olive silver",
    "state": "waiting",
    "urgency": "p1",
    "due_at": "2026-01-01T10:00:00+00:00",
    "secret": "71",
}
KEPT = {"key": "case:abc", "kind": "string", "lines": ["{}"], "sealed": False, "case": CASE}
SEALED = {
    "key": "sealed:abc",
    "kind": "hash",
    "lines": ["box: sealed, 1168 bytes: 8f 3a ..."],
    "sealed": True,
    "case": None,
}


# --- what is served ---


@pytest.mark.parametrize("path", ["/", "/page/phones.js", "/page/page.css"])
def test_everything_of_the_page_is_served_with_a_policy_that_lets_nothing_in_from_outside(
    network: Network, path: str
) -> None:
    status, policy, _ = read(network.url + path)

    assert status == 200
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/page/../pages.py", "/page/%2e%2e/pages.py", "/page/nothing.js"])
def test_nothing_but_the_page_is_served(network: Network, path: str) -> None:
    assert read(network.url + path)[0] == 404


def test_no_file_of_the_page_names_another_place_or_turns_text_into_markup() -> None:
    texts = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()}

    forbidden = re.compile(
        r"""\b(src|href)="(?!/page/|#)|https?://(?!www\.w3\.org)|innerHTML|outerHTML|insertAdjacent|\beval\(|style="""
    )

    assert {name: found[0] for name, text in texts.items() if (found := forbidden.search(text))} == {}


def test_the_store_is_shown_through_the_network_and_its_silence_is_told(network: Network, hotline: Hotline) -> None:
    hotline.panel = {"keys": [KEPT]}
    shown = read(f"{network.url}/sim/panel")

    hotline.panel = None
    silent = read(f"{network.url}/sim/panel")

    assert json.loads(shown[2]) == {"keys": [KEPT]}
    assert silent[0] == 503


@pytest.mark.parametrize("panel", ["http://192.0.2.1/", "https://127.0.0.1/", "file:///etc/passwd", "http:///"])
def test_a_panel_on_another_machine_is_refused_at_start(panel: str) -> None:
    with pytest.raises(UnusablePage):
        add_pages(web.Application(), glossary=None, panel=panel)


def test_a_glossary_that_cannot_be_read_is_refused_at_start(tmp_path: Path) -> None:
    (tmp_path / "glossary.json").write_text("{")

    with pytest.raises(UnusablePage):
        add_pages(web.Application(), glossary=tmp_path / "glossary.json", panel=None)


# --- what is seen ---


@pytest.mark.browser
def test_a_caller_dials_and_reads_the_arabic_with_the_english_beneath(page: Page) -> None:
    caller = phone(page, "Caller one")

    caller.get_by_role("button", name="Dial").click()

    expect(caller.locator(".newest .spoken")).to_have_text(GREETING)
    expect(caller.locator(".newest .meaning")).to_have_text("Welcome. This is the Sanad line. For a call press two.")
    assert caller.locator(".newest .spoken").get_attribute("dir") == "rtl"
    assert caller.locator(".newest .spoken").get_attribute("lang") == "ar"


@pytest.mark.browser
def test_a_key_typed_on_the_phone_is_pressed_and_digits_are_translated_one_by_one(page: Page) -> None:
    caller = phone(page, "Caller one")
    caller.get_by_role("button", name="Dial").click()
    expect(caller.locator(".newest")).to_be_visible()

    page.keyboard.press("2")

    expect(caller.locator(".newest .spoken")).to_have_text(NUMBER_TOLD)
    expect(caller.locator(".newest .meaning")).to_have_text("The number is seven one.")
    expect(caller.locator(".sentence").first.locator(".spoken")).to_have_text(GREETING)


@pytest.mark.browser
def test_words_that_look_like_markup_stay_words(page: Page) -> None:
    caller = phone(page, "Caller one")
    caller.get_by_role("button", name="Dial").click()
    expect(caller.locator(".newest")).to_be_visible()

    caller.get_by_role("button", name="9").click()

    expect(caller.locator(".newest .spoken")).to_have_text(HOSTILE)
    assert page.locator("img").count() == 0


@pytest.mark.browser
def test_the_responders_display_shows_the_services_number_and_the_two_are_seen_to_be_connected(
    page: Page, network: Network, hotline: Hotline
) -> None:
    caller, huda = phone(page, "Caller one"), phone(page, "Huda")
    caller.get_by_role("button", name="Dial").click()
    expect(caller.locator(".newest")).to_be_visible()
    caller.get_by_role("button", name="2").click()

    network.ring(HUDA, url=f"{hotline.url}/offer")
    expect(huda.locator(".state")).to_have_text("Incoming call")
    display = huda.locator(".display").text_content()
    huda.get_by_role("button", name="Answer").click()
    expect(huda.locator(".newest")).to_be_visible()
    huda.get_by_role("button", name="1").click()

    expect(huda.locator(".with")).to_have_text("connected with Caller one")
    expect(caller.locator(".with")).to_have_text("connected with Huda")
    expect(page.locator(".cable path")).to_have_count(1)
    assert (display or "").replace(" ", "") == HOTLINE
    assert CALLER[-4:] not in (huda.locator(".shell").text_content() or "").replace(" ", "")


@pytest.mark.browser
def test_the_red_key_declines_and_the_phone_rests(page: Page, network: Network, hotline: Hotline) -> None:
    network.ring(HUDA, url=f"{hotline.url}/offer")
    huda = phone(page, "Huda")

    huda.get_by_role("button", name="Decline").click()

    expect(huda.locator(".state")).to_have_text("Ready")
    expect(page.locator("#latest")).to_contain_text("Huda: the call has ended (busy)")


@pytest.mark.browser
def test_a_withheld_number_is_withheld(page: Page, network: Network) -> None:
    page.get_by_label("withhold number").check()

    phone(page, "Caller one").get_by_role("button", name="Dial").click()

    expect(phone(page, "Caller one").locator(".newest")).to_be_visible()
    events = json.loads(read(f"{network.url}/sim/events")[2])["events"]
    sent = json.dumps([event["params"] for event in events if event["kind"] == "webhook"])
    assert CALLER not in sent


@pytest.mark.browser
def test_the_sealed_number_is_an_unreadable_box_that_vanishes_when_the_case_closes(
    page: Page, hotline: Hotline
) -> None:
    hotline.panel = {"keys": [KEPT, SEALED]}
    card = page.locator(".case")
    expect(card.locator(".bytes")).to_have_text("8f 3a ...")

    hotline.panel = {"keys": [{**KEPT, "case": {**CASE, "state": "closed"}}]}

    expect(card.locator(".caption")).to_have_text("Closed. Her number is gone from the store.")
    expect(card.locator(".box")).to_have_css("opacity", "0", timeout=6000)


# --- what to do next ---


@pytest.fixture
def comes_next(page: Page) -> Locator:
    return page.locator("#steps [aria-current=step]")


@pytest.fixture
def awaited(page: Page) -> Locator:
    return page.get_by_role("navigation", name="What to do").get_by_role("status")


@pytest.mark.browser
def test_after_a_call_back_that_nobody_answered_the_guide_begins_anew_and_says_why(
    hotline: Hotline, comes_next: Locator, awaited: Locator
) -> None:
    hotline.panel = {"keys": [{**KEPT, "case": {**CASE, "due_at": "2999-01-01T10:00:00+00:00"}}]}

    expect(comes_next).to_contain_text("Dial with the caller's")
    expect(awaited).to_contain_text("Nobody is rung before Tue", timeout=8000)
    expect(awaited).to_contain_text("choose another caller")


@pytest.mark.browser
def test_a_case_that_waits_for_its_hour_does_not_hide_the_steps_of_the_next_caller(
    page: Page, hotline: Hotline, comes_next: Locator, awaited: Locator
) -> None:
    later = {**KEPT, "case": {**CASE, "due_at": "2999-01-01T10:00:00+00:00"}}
    hotline.panel = {"keys": [later]}
    phone(page, "Caller one").get_by_role("button", name="Dial").click()
    expect(comes_next).to_contain_text("When she is asked")

    hotline.panel = {"keys": [later, {**KEPT, "key": "case:def"}]}

    expect(comes_next).to_contain_text("Answer a responder's phone")
    expect(awaited).to_have_count(0)


@pytest.mark.browser
def test_when_no_responder_picked_up_the_guide_says_how_one_comes_back(
    page: Page, network: Network, hotline: Hotline, comes_next: Locator, awaited: Locator
) -> None:
    hotline.panel = {"keys": [KEPT]}
    expect(awaited).to_contain_text("No responder's phone rings", timeout=8000)
    expect(comes_next).to_contain_text("Answer a responder's phone")

    network.ring(HUDA, url=f"{hotline.url}/offer")

    expect(phone(page, "Huda").locator(".state")).to_have_text("Incoming call")
    expect(awaited).to_have_count(0)


@pytest.mark.browser
def test_a_network_that_is_started_anew_is_found_again(browser: Browser, hotline: Hotline, tmp_path: Path) -> None:
    page = browser.new_page()
    with running_network(hotline, tmp_path) as first:
        page.goto(first.url)
        for _ in range(3):
            first.ring(HUDA, url=hotline.url)
        expect(page.locator("#latest")).to_contain_text("the call has ended")

    with running_network(hotline, tmp_path, port=first.url.rpartition(":")[2]) as second:
        expect(page.locator(".link")).to_have_text("Network up")
        second.post("/sim/phones", {"number": NOOR, "name": "Noor", "on_ring": "manual"})
        second.ring(NOOR, url=hotline.url)

        expect(phone(page, "Noor").locator(".state")).to_have_text("Incoming call")
        page.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 1024])
def test_nothing_has_to_be_scrolled_sideways_on_a_small_laptop(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})

    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert overflow <= 0


@pytest.mark.browser
def test_every_control_has_a_name(page: Page) -> None:
    controls = page.locator("button, select, input:visible, summary").all()

    unnamed = [control.evaluate("node => node.outerHTML") for control in controls if not named(control)]

    assert unnamed == []


def named(control: Locator) -> bool:
    words = control.evaluate(
        "node => node.getAttribute('aria-label') || node.textContent || node.labels?.[0]?.textContent"
    )
    return bool(str(words or "").strip())


@pytest.mark.browser
def test_the_keypad_is_one_stop_and_arrows_move_in_it(page: Page) -> None:
    keypad = phone(page, "Caller one").get_by_role("group", name="Keypad")
    keypad.get_by_role("button", name="1").focus()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")

    expect(keypad.get_by_role("button", name="5")).to_be_focused()
    assert keypad.locator("[tabindex='0']").count() == 1
