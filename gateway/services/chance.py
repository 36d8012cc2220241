"""Randomness, passed in so that rules stay functions of values."""

import secrets
from collections.abc import Sequence

from gateway.core.case import Alias
from gateway.core.identity import ID_LETTERS, TOKEN_LETTERS, CaseId, Token
from gateway.core.limits import ROUNDS_BLUR
from gateway.randomness import random_letters


class Chance:
    """The machine's own randomness."""

    def __init__(self, *, first_names: Sequence[str], second_names: Sequence[str], secret_digits: int) -> None:
        self._first_names = first_names
        self._second_names = second_names
        self._secret_digits = secret_digits

    def case_id(self) -> CaseId:
        """A new case id."""
        return CaseId(random_letters(ID_LETTERS))

    def token(self) -> Token:
        """A new token that nobody can guess."""
        return Token(random_letters(TOKEN_LETTERS))

    def secret(self) -> str:
        """A new secret number. It never begins with 0, so that nobody wonders whether to press it."""
        lowest = 10 ** (self._secret_digits - 1)
        return str(lowest + secrets.randbelow(9 * lowest))

    def first_round(self) -> int:
        """From where the messages of a phone are counted in the next quarter of an hour."""
        return secrets.randbelow(ROUNDS_BLUR) + 1

    def alias(self) -> Alias:
        """A new name for a case, from words that say nothing about it."""
        return Alias(secrets.choice(self._first_names), secrets.choice(self._second_names))
