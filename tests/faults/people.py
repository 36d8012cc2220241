"""Who takes part in a run, and what each will do: decided from the seed before anything is started."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

PREFIXES: Final = ("+964751", "+964771", "+964781")
RESPONDERS: Final = 40
PATIENCE: Final = (3.0, 9.0)  # real seconds that somebody waits on the line


class Then(StrEnum):
    """What a caller does after her first call."""

    NOTHING = "nothing"
    CANCEL = "cancel"
    CANCEL_WRONG = "cancel_wrong"
    AGAIN = "again"
    GREET = "greet"


class Opens(StrEnum):
    """What is pressed when our call back is picked up."""

    SECRET = "secret"
    WRONG = "wrong"
    SILENCE = "silence"
    HANGUP = "hangup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One caller. `at` is when she dials, as a part of the run; `stays` how long she holds a line, in real seconds."""

    number: str
    kind: str
    at: float
    keys: tuple[str, ...]
    on_ring: str = "answer"
    opens: Opens = Opens.SECRET
    then: Then = Then.NOTHING
    withheld: bool = False
    impatient: bool = True
    stays: float = 6.0
    talks: float = 0.5
    leaves_first: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Woman:
    """One responder and the seed of what she presses from call to call."""

    name: str
    number: str
    on_ring: str
    eager: bool
    seed: int


# kind -> (how many of a hundred, keys, the rest of her behaviour)
_NOW: Final = ("2", "1", "1", "1")
KINDS: Final[tuple[tuple[str, int, tuple[str, ...], dict[str, object]], ...]] = (
    ("reached", 26, (*_NOW, "hangup"), {}),
    ("answers questions", 8, (*_NOW, "1", "2", "2", "1", "hangup"), {}),
    ("in danger", 4, (*_NOW, "1", "1", "1", "2", "2"), {}),
    ("own secret", 4, (*_NOW, "2", "47", "hangup"), {}),
    ("hears it twice", 3, (*_NOW, "0", "3"), {"impatient": False}),
    ("shared phone", 4, ("2", "1", "2", "1", "3"), {}),
    ("evening", 3, ("2", "1", "1", "4", "3"), {}),
    ("morning", 3, ("2", "1", "1", "2", "hangup"), {}),
    ("wrong secret", 3, (*_NOW, "hangup"), {"opens": Opens.WRONG}),
    ("silent at the gate", 3, (*_NOW, "hangup"), {"opens": Opens.SILENCE}),
    ("hangs up at the gate", 3, (*_NOW, "hangup"), {"opens": Opens.HANGUP}),
    ("voicemail", 4, (*_NOW, "hangup"), {"on_ring": "voicemail"}),
    ("no answer", 3, (*_NOW, "hangup"), {"on_ring": "no_answer"}),
    ("busy", 2, (*_NOW, "hangup"), {"on_ring": "busy"}),
    ("dead phone", 1, (*_NOW, "hangup"), {"on_ring": "fail"}),
    ("cancels", 4, (*_NOW, "hangup"), {"then": Then.CANCEL}),
    ("cancels with a wrong number", 2, (*_NOW, "hangup"), {"then": Then.CANCEL_WRONG}),
    ("asks again", 5, (*_NOW, "hangup"), {"then": Then.AGAIN}),
    ("urgent, stays", 4, ("1",), {"stays": 9.0}),
    ("urgent, hangs up", 3, ("1", "hangup"), {}),
    ("urgent, no call back", 1, ("1", "*"), {}),
    ("withheld", 2, ("2", "1"), {"withheld": True}),
    ("lost keys", 2, ("7", "", "8"), {}),
    ("gone in between", 3, (), {}),
)


def numbers(dice: Random) -> Iterator[str]:
    """Numbers of Iraqi mobile phones, never the same twice."""
    seen: set[str] = set()
    while True:
        number = f"{dice.choice(PREFIXES)}{dice.randrange(10**7):07d}"
        if number not in seen:
            seen.add(number)
            yield number


def callers(dice: Random, count: int, free: Iterator[str]) -> list[Caller]:
    """So many callers, in the order in which they dial."""
    weights = [share for _, share, _, _ in KINDS]
    moments = sorted(dice.random() for _ in range(count))
    return [_caller(dice, at, number, weights) for at, number in zip(moments, free, strict=False)]


def _caller(dice: Random, at: float, number: str, weights: list[int]) -> Caller:
    kind, _, keys, more = dice.choices(KINDS, weights)[0]
    if kind == "gone in between":
        keys = (*_NOW[: dice.randrange(len(_NOW))], "hangup")
    described: dict[str, object] = {
        "impatient": dice.random() < 0.85,
        "stays": dice.uniform(*PATIENCE),
        "talks": dice.uniform(0.1, 1.5),
        "leaves_first": dice.random() < 0.8,
        **more,
    }
    return Caller(number=number, kind=kind, at=at, keys=keys, **described)  # type: ignore[arg-type]


def women(dice: Random, free: Iterator[str]) -> list[Woman]:
    """The team: most answer and accept, some cannot be reached, some decline or go at an odd moment."""
    odd = ["no_answer", "busy", "fail", "voicemail"]
    return [
        Woman(
            name=f"Woman {chr(ord('A') + place // 26)}{chr(ord('A') + place % 26)}",
            number=next(free),
            on_ring=odd[place] if place < len(odd) else "answer",
            eager=place % 4 != 0,
            seed=dice.randrange(10**9),
        )
        for place in range(RESPONDERS)
    ]


def pressed_by(woman: Woman, dice: Random) -> list[str]:
    """What she will press in her next call: at the offer, and when she wraps up."""
    first = ["1"] * 14 if woman.eager else ["1"] * 6 + ["2", "", "hangup", "9", "5"]
    after = ["1"] * 8 + ["3", "4", "2", "", "hangup"]
    return [dice.choice(first), dice.choice(after), dice.choice(["4", "1", "hangup"])]
