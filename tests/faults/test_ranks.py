"""The rank test itself: it must see a difference that is there, and none that is not."""

from random import Random

import pytest

from tests.faults.ranks import z_value


def test_the_same_times_cannot_be_told_apart() -> None:
    dice = Random(5)

    z = z_value([dice.gauss(5, 1) for _ in range(2000)], [dice.gauss(5, 1) for _ in range(2000)])

    assert abs(z) < 4


def test_a_twentieth_more_is_seen_in_two_thousand_pairs() -> None:
    dice = Random(6)

    z = z_value([dice.gauss(5.25, 1) for _ in range(2000)], [dice.gauss(5, 1) for _ in range(2000)])

    assert z > 4


def test_equal_values_share_their_ranks() -> None:
    assert z_value([1.0, 1.0, 2.0], [1.0, 1.0, 2.0]) == 0.0
    assert z_value([1.0] * 9, [1.0] * 9) == 0.0


def test_a_small_example_comes_out_as_by_hand() -> None:
    # ranks 1, 2, 3 of 6: sum 6, expected 10.5, variance 9 * 7 / 12
    assert z_value([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]) == pytest.approx(-4.5 / 5.25**0.5)
