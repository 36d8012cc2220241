"""How many requests of one phone are taken in a day, and of all phones in all; and how its messages are counted."""

from dataclasses import dataclass

MOST_OPEN = 50_000  # cases in all: far more than a broadcast brings, and far less than the store holds
FEWEST = 5
KINDS = 8
# Messages of a phone are counted from a number below this on, drawn anew for every quarter of an hour: whoever holds
# the phone and writes until he is refused counts his own, and must not learn whether one of hers was before them.
ROUNDS_BLUR = 4


def most_a_day(name: str) -> int:
    """For the phone of this daily name (64 letters from a to p): 5 to 12, another number for each phone and day.

    Whoever holds her phone and asks until he is refused counts his own requests and hers: with one number for all he
    would know how many were hers. Only who has the key of the day knows which number it is.
    """
    return FEWEST + (ord(name[-1]) - ord("a")) % KINDS


@dataclass(frozen=True, slots=True)
class Demand:
    """What one more request meets: requests of this phone today, open cases in all, and whether a woman is on shift."""

    hers: int
    everybodys: int
    is_staffed: bool

    def is_too_much(self, name: str) -> bool:
        """Whether one more from the phone of this daily name would be a flood."""
        return self.hers >= most_a_day(name) or self.everybodys >= MOST_OPEN
