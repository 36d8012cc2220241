"""How many requests of one phone are taken in a day."""

FEWEST = 5
KINDS = 8


def most_a_day(name: str) -> int:
    """For the phone of this daily name (64 letters from a to p): 5 to 12, another number for each phone and day.

    Whoever holds her phone and asks until he is refused counts his own requests and hers: with one number for all he
    would know how many were hers. Only who has the key of the day knows which number it is.
    """
    return FEWEST + (ord(name[-1]) - ord("a")) % KINDS
