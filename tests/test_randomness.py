"""Ids are letters, as many as asked for, and none comes more often than another."""

from collections import Counter
from string import ascii_lowercase

import pytest

from gateway.randomness import random_letters


@pytest.mark.parametrize("count", [0, 1, 16, 28, 1000])
def test_there_are_as_many_small_letters_as_were_asked_for(count: int) -> None:
    letters = random_letters(count)

    assert len(letters) == count
    assert set(letters) <= set(ascii_lowercase)


def test_every_letter_is_as_likely_as_any_other() -> None:
    often = Counter(random_letters(260_000))

    assert set(often) == set(ascii_lowercase)
    assert all(9_400 < count < 10_600 for count in often.values())  # six standard deviations from 10,000
