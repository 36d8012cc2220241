"""A responder's PIN: what may be one, and how it is kept. It is asked for where a number alone must not be believed.

Kept as a salted slow hash (scrypt, RFC 7914). Four digits can be tried out all the same by whoever has the store: what
stops a stranger is that three wrong tries lock it.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from itertools import pairwise
from typing import ClassVar

from gateway.core.errors import SanadError

FEWEST_DIGITS, MOST_DIGITS = 4, 6
WRONG_TRIES = 3
_COST, _BLOCK, _PARALLEL = 1 << 14, 8, 1  # 16 MB and some 50 ms
_MEMORY = 64 << 20
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


class BrokenPin(SanadError):
    """A text that cannot be a PIN. It is not repeated."""

    code: ClassVar[str] = "broken_pin"


@dataclass(frozen=True, slots=True)
class KeptPin:
    """What is kept of a PIN: letters only, so that a search for digits of a number finds nothing in it."""

    salt: str
    digest: str = field(repr=False)


def keep_pin(pin: str, *, salt: str) -> KeptPin:
    """What to keep of a new PIN. `salt` is random. Raises `BrokenPin` for one that is malformed or easily guessed."""
    if not _is_well_formed(pin):
        raise BrokenPin(f"A PIN has {FEWEST_DIGITS} to {MOST_DIGITS} digits.")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if len(steps) == 1 and steps <= {0, 1, 9}:
        raise BrokenPin("This PIN is one of the first that anybody would try; choose another.")
    return KeptPin(salt, _digest(pin, salt))


def is_right(pin: str, kept: KeptPin) -> bool:
    """Whether this is the PIN, in a time that tells nothing."""
    return hmac.compare_digest(_digest(pin, kept.salt), kept.digest)


def _is_well_formed(pin: str) -> bool:
    return FEWEST_DIGITS <= len(pin) <= MOST_DIGITS and pin.isascii() and pin.isdigit()


def _digest(pin: str, salt: str) -> str:
    raw = hashlib.scrypt(pin.encode(), salt=salt.encode(), n=_COST, r=_BLOCK, p=_PARALLEL, maxmem=_MEMORY, dklen=32)
    return raw.hex().translate(_LETTERS)
