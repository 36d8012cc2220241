"""What may stand in clear of a responder: the name that the supervisor calls her by, and the codes of what she can do.

A telephone number given as a name would be kept unsealed, so whatever could be one is refused, and never repeated.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import ClassVar

from gateway.core.errors import SanadError

MOST_DIGITS = 3  # "Amal 2" is a name; four digits are the end of a number
LONGEST_NAME = 40
LONGEST_CODE = 32

_CODE = re.compile(r"[a-z]+(?:[_-][a-z]+)*")


class BrokenName(SanadError):
    """A text that cannot be a name. It is not repeated: it may be a telephone number."""

    code: ClassVar[str] = "broken_name"


class BrokenCode(SanadError):
    """A text that cannot be the code of a language, a skill or an area. It is not repeated, either."""

    code: ClassVar[str] = "broken_code"


def check_name(name: str) -> None:
    """Nothing for a name that may stand in clear. Raises `BrokenName`."""
    if _digits(name) > MOST_DIGITS:
        raise BrokenName(
            f"A name has {MOST_DIGITS} digits at most, in whatever script: it is not sealed, so a telephone number must"
            " not stand in it. Give what you call her by; her number is asked for by itself."
        )
    if not name.isprintable() or name != name.strip():
        raise BrokenName("A name has no space at its ends and nothing that is not seen: type it anew, without pasting.")
    if not any(map(str.isalpha, name)):
        raise BrokenName("A name has at least one letter.")
    if len(name) > LONGEST_NAME:
        raise BrokenName(f"A name has {LONGEST_NAME} letters at most.")


def check_codes(codes: Iterable[str]) -> None:
    """Nothing for codes such as `ar` or `south_bank`. Raises `BrokenCode`."""
    if not all(len(code) <= LONGEST_CODE and _CODE.fullmatch(code) for code in codes):
        raise BrokenCode(f"Languages, skills and areas are small letters a to z, {LONGEST_CODE} at most: south_bank.")


def _digits(text: str) -> int:
    """Digits and other figures of any script, wherever they stand; a figure of ten counts as the two that it is."""
    taken_apart = unicodedata.normalize("NFKD", text)
    return sum(unicodedata.numeric(character, None) is not None for character in taken_apart)
