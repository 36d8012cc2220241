"""How long it takes to understand a message of 70 units: normalising and matching, without anything around it."""

import random
import time
import tomllib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from gateway.bootstrap import DIRECTORY, SCRIPTS, utc_now
from gateway.core.keywords import match
from gateway.storage.library import load

UNITS = 70
REPEATS = 20
LONGEST_NUMBER = 3  # digits, as in the gateway


def measure(texts: int) -> list[float]:
    """The time for each of so many texts, in microseconds."""
    keywords = load(SCRIPTS, DIRECTORY, today=utc_now().date()).keywords
    found = []
    for text in islice(_texts(), texts):
        begun = time.perf_counter()
        for _ in range(REPEATS):
            match(text, keywords, digits=LONGEST_NUMBER)
        found.append(1e6 * (time.perf_counter() - begun) / REPEATS)
    return found


def _texts() -> Iterator[str]:
    """Texts of 70 UTF-16 units without end: words that the table knows among words that it does not."""
    chance, words = random.Random(UNITS), _words(SCRIPTS / "extortion")
    while True:
        yield " ".join(chance.sample(words, UNITS // 2))[:UNITS]


def _words(folder: Path) -> list[str]:
    """Arabic words of the table and of the script's sentences; none of them takes two units for a letter."""
    said = (
        tomllib.loads((folder / "ar.toml").read_text("utf-8")),
        tomllib.loads((folder / "keywords.toml").read_text("utf-8")),
    )
    found = sorted({word for table in said for text in _strings(table) for word in text.split()})
    return [word for word in found if word.isalpha() and not word.isascii()]


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)
