"""Can two groups of times be told apart? The rank test of Mann and Whitney, with ties, as a z value."""

from collections.abc import Sequence
from itertools import groupby
from math import sqrt


def z_value(one: Sequence[float], other: Sequence[float]) -> float:
    """How many standard deviations the rank sum of `one` lies from what chance gives; 0 if nothing can differ.

    Normal approximation with correction for ties (Mann and Whitney 1947; Lehmann, Nonparametrics, 1.5). For groups of
    20 and more.
    """
    values = sorted([(value, True) for value in one] + [(value, False) for value in other])
    total, rank_sum, ties = len(values), 0.0, 0.0
    place = 0
    for _, group in groupby(values, key=lambda pair: pair[0]):
        same = list(group)
        middle = place + (len(same) + 1) / 2
        rank_sum += middle * sum(mine for _, mine in same)
        ties += len(same) ** 3 - len(same)
        place += len(same)
    expected = len(one) * (total + 1) / 2
    variance = len(one) * len(other) / 12 * (total + 1 - ties / (total * (total - 1)))
    return 0.0 if variance <= 0 else (rank_sum - expected) / sqrt(variance)
