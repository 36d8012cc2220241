"""What a responder texts to the staff number: a key or a word, and her PIN.

`1 4821` takes the offer, `2 4821` declines it, `9 4821` ends her shift, `on 4821` begins it; in either order. Words are
those of the table `shift` in keywords.toml. Who wrote it, and whether the PIN is hers, only the dialler finds out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from gateway.core.keywords import Keywords, ShiftWish, match_shift
from gateway.core.normalising import normalise
from gateway.core.pins import FEWEST_DIGITS, MOST_DIGITS


class StaffWish(StrEnum):
    """What she wants."""

    ACCEPT = "accept"
    DECLINE = "decline"
    ON = "on"
    OFF = "off"


# the same keys as in the call of an offer
BY_KEY: Mapping[str, StaffWish] = MappingProxyType({"1": StaffWish.ACCEPT, "2": StaffWish.DECLINE, "9": StaffWish.OFF})
BY_WORD: Mapping[ShiftWish, StaffWish] = MappingProxyType({ShiftWish.ON: StaffWish.ON, ShiftWish.OFF: StaffWish.OFF})


@dataclass(frozen=True, slots=True)
class StaffText:
    """A message that says what and proves who. The PIN is in no repr."""

    wish: StaffWish
    pin: str = field(repr=False)


def read_staff_text(text: str, keywords: Keywords) -> StaffText | None:
    """What a message asks for; None if it is not exactly one key or word and one PIN."""
    words = normalise(text).split()
    pins = [word for word in words if word.isdigit() and FEWEST_DIGITS <= len(word) <= MOST_DIGITS]
    rest = " ".join(word for word in words if word not in pins)
    wish = BY_KEY.get(rest) or _by_word(rest, keywords)
    return StaffText(wish, pins[0]) if wish is not None and len(pins) == 1 else None


def _by_word(word: str, keywords: Keywords) -> StaffWish | None:
    wish = match_shift(word, keywords)
    return None if wish is None else BY_WORD[wish]


def as_note(text: StaffText) -> str:
    """As it is sealed beside her number: at most 14 letters."""
    return f"{text.wish} {text.pin}"


def from_note(note: str) -> StaffText | None:
    """Out of the box again; None for what was not sealed by `as_note`."""
    wish, _, pin = note.partition(" ")
    return StaffText(StaffWish(wish), pin) if wish in set(StaffWish) else None
