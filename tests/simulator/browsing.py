"""Finds things on the phones' page, and reads what it is served with."""

import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Locator, Page

CHROMIUM = Path("/usr/bin/chromium")
CALLER, HUDA, NOOR, MARIAM = "+9647700000011", "+9647900000201", "+9647900000202", "+9647900000203"


def phone(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=f"{name}'s phone")


def read(url: str) -> tuple[int, str, str]:
    """Status, policy and body."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.headers.get("Content-Security-Policy", ""), answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, "", ""


def turn(page: Page, name: str, tab: str) -> Locator:
    """The phone, its screen turned to another tab."""
    held = phone(page, name)
    held.get_by_role("tab", name=tab).click()
    return held
