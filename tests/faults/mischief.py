"""What goes wrong in a run, and when: decided from the seed. When exactly it bites depends on the machine."""

from dataclasses import dataclass
from random import Random
from typing import Any, Final

SHORTEST_STOP, LONGEST_STOP = 0.3, 3.0  # real seconds
WEB_STOP: Final = 1.2  # the network gives an answer two real seconds at least


@dataclass(frozen=True, slots=True)
class Deed:
    """One deed: `at` is a part of the run, `what` a name in `saboteur`, `seconds` how long it lasts."""

    at: float
    what: str
    whom: str
    seconds: float = 0.0


# (what, whom, how many of a hundred)
_DEEDS: Final = (
    ("kill", "web", 8),
    ("kill", "worker", 10),
    ("kill", "dialler", 10),
    ("kill", "clock", 5),
    ("kill all of", "web", 4),
    ("kill all of", "worker", 6),
    ("kill all of", "dialler", 8),
    ("stop", "web", 5),
    ("stop", "worker", 7),
    ("stop", "dialler", 8),
    ("stop", "clock", 4),
    ("restart", "worker", 3),
    ("restart", "dialler", 3),
    ("restart", "web", 2),
    ("kill", "store", 6),
    ("stop", "store", 3),
    ("keep down", "store", 4),
    ("cut the power of", "store", 8),
)


def deeds(dice: Random, count: int) -> list[Deed]:
    """So many deeds, spread over the run. Among the first is one of each kind that matters most."""
    first = [("cut the power of", "store"), ("kill all of", "dialler"), ("kill", "worker"), ("kill", "web")]
    wanted = first[:count] + [
        row[:2] for row in dice.choices(_DEEDS, [row[2] for row in _DEEDS], k=max(0, count - len(first)))
    ]
    dice.shuffle(wanted)
    moments = [(place + dice.random()) / (len(wanted) + 1) for place in range(len(wanted))]
    return [Deed(at, what, whom, _seconds(dice, whom)) for at, (what, whom) in zip(moments, wanted, strict=True)]


def _seconds(dice: Random, whom: str) -> float:
    longest = WEB_STOP if whom in {"web", "store"} else LONGEST_STOP
    return dice.uniform(SHORTEST_STOP, longest)


def network_faults(dice: Random) -> dict[str, Any]:
    """The network's own misbehaviour, for the simulator; it throws its own dice."""
    return {
        "repeat_webhook": 0.12,
        "delay_webhook": [0.08, 12.0],
        "drop_status": 0.06,
        "reorder_status": 0.12,
        "rest_times_out_after_working": 0.04,
        "rest_times_out_before": 0.03,
        "rest_503": 0.03,
        "rest_429": 0.02,
        "rest_hold": 0.3,
        "seed": dice.randrange(10**9),
    }
