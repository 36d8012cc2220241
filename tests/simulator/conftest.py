"""A service and a network, new for each test; and a browser that looks at the phones' page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.simulator.browsing import CHROMIUM, HUDA, MARIAM, NOOR
from tests.simulator.people import MARYAM, ZAHRA, People, network
from tests.simulator.service import Service, serving
from tests.simulator.small_hotline import Hotline, Network, running_hotline, running_network


@pytest.fixture
def service() -> Iterator[Service]:
    """A service that answers nothing yet."""
    with serving() as service:
        yield service


@pytest.fixture
def people(service: Service) -> Iterator[People]:
    """A network with two phones that are held by hand."""
    with network(service) as people:
        people.phone(ZAHRA)
        people.phone(MARYAM)
        yield people


@pytest.fixture(scope="module")
def hotline() -> Iterator[Hotline]:
    """A hotline of a few lines."""
    with running_hotline() as server:
        yield server


@pytest.fixture(scope="module")
def running(hotline: Hotline, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """The simulator as a process of its own, beside that hotline."""
    with running_network(hotline, tmp_path_factory.mktemp("pages")) as network:
        yield network


@pytest.fixture(name="network")
def phones_network(running: Network, hotline: Hotline) -> Network:
    """The same, with three responders' phones and nothing else."""
    hotline.panel = {"keys": []}
    running.post("/sim/reset", {})
    for number, name in ((HUDA, "Huda"), (NOOR, "Noor"), (MARIAM, "Mariam")):
        running.post("/sim/phones", {"number": number, "name": name, "on_ring": "manual"})
    return running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}: nobody looks at the page")
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=options)


@pytest.fixture
def page(browser: Browser, network: Network) -> Iterator[Page]:
    """The page at 1280 by 720. A complaint in its console or a request to elsewhere fails the test."""
    shown = browser.new_page(viewport={"width": 1280, "height": 720})
    trouble: list[str] = []
    shown.on("console", lambda message: trouble.append(message.text) if message.type in {"error", "warning"} else None)
    shown.on("pageerror", lambda error: trouble.append(str(error)))
    shown.on("request", lambda sent: None if sent.url.startswith(network.url) else trouble.append(sent.url))
    shown.goto(network.url)
    expect(shown.locator(".link")).to_have_text("Network up")
    yield shown
    shown.close()
    assert trouble == []
