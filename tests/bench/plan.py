"""What is measured, and how much of it."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: `calls` in each round, `cycles` of rounds, seconds at half load."""

    calls: int
    cycles: int
    connections: int
    half_load_seconds: float


class Part(StrEnum):
    """What can be measured by itself."""

    WEBHOOKS = "webhooks"
    RINGS = "rings"
    MATCHER = "matcher"
    DISPATCH = "dispatch"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of everything: callers with others `waiting`, texts, sizes of the queue with `offers` at each."""

    webhooks: Size
    calls: int
    waiting: int
    texts: int
    sizes: tuple[int, ...]
    offers: int


USUAL = Plan(
    Size(calls=1500, cycles=6, connections=32, half_load_seconds=5.0),
    calls=200,
    waiting=10_000,
    texts=500,
    sizes=(1_000, 10_000, 100_000, 1_000_000),
    offers=100,
)
TINY = Plan(
    Size(calls=4, cycles=1, connections=2, half_load_seconds=0.02),
    calls=2,
    waiting=20,
    texts=5,
    sizes=(30, 60),
    offers=2,
)
