"""Chance that repeats itself: what a machine found must be found again, with the same ids in the same order."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import date

from gateway.core.case import Alias
from gateway.core.identity import CaseId, Token
from gateway.core.limits import ROUNDS_BLUR
from gateway.services.chance import Chance
from tests.services.house import FIRST_NAMES, SECOND_NAMES

LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


class Dice(Chance):
    """Counts instead of throwing. Nobody is told a secret number that another was told a moment before."""

    def __init__(self) -> None:
        super().__init__(first_names=FIRST_NAMES, second_names=SECOND_NAMES, secret_digits=2)
        self._thrown = 0
        self.next_secret = 10

    def case_id(self) -> CaseId:
        return CaseId(self._letters("k", 16))

    def token(self) -> Token:
        return Token(self._letters("t", 28))

    def alias(self) -> Alias:
        return Alias(FIRST_NAMES[0], SECOND_NAMES[0])

    def first_round(self) -> int:
        self._thrown += 1
        return self._thrown % ROUNDS_BLUR + 1

    def secret(self) -> str:
        secret = str(self.next_secret)
        self.next_secret = 10 + (self.next_secret - 10 + 7) % 90
        return secret

    def _letters(self, kind: str, count: int) -> str:
        """Ids of two kinds never stand in each other, so that they can be searched for."""
        self._thrown += 1
        number, letters = self._thrown, ""
        while number:
            number, rest = divmod(number, 26)
            letters = chr(ord("a") + rest) + letters
        return kind + letters.rjust(count - 1, "x")


class Names:
    """Names of a day by a key that is the same in every run: how many requests a phone may make is drawn from one."""

    def __init__(self, today: Callable[[], date]) -> None:
        self._today = today

    def name(self, purpose: str, text: str) -> str:
        named = hmac.digest(b"the same in every run", f"{self._today()} {purpose} {text}".encode(), hashlib.sha256)
        return named.hex().translate(LETTERS)
