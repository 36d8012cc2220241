"""What can be made to go wrong, how often, and the dice: one per fault, so that a seed gives the same run again."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import inf
from random import Random
from typing import Final, Self

_CHANCES: Final = (
    "repeat_webhook",
    "drop_status",
    "reorder_status",
    "rest_times_out_after_working",
    "rest_times_out_before",
    "rest_503",
    "rest_429",
    "drop_ussd",
)
_LONGEST_HOLD: Final = 120.0


class UnknownFault(ValueError):
    """A fault was asked for that does not exist, or with a value that it cannot have."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Chances from 0 to 1. `delay_webhook` is (chance, simulated seconds); `rest_hold` is how many real seconds a
    REST request that times out is kept waiting before its connection is cut. `drop_ussd` cuts a session after the
    service has answered and before she sees the screen."""

    repeat_webhook: float = 0.0
    delay_webhook: tuple[float, float] = (0.0, 0.0)
    drop_status: float = 0.0
    reorder_status: float = 0.0
    rest_times_out_after_working: float = 0.0
    rest_times_out_before: float = 0.0
    rest_503: float = 0.0
    rest_429: float = 0.0
    drop_ussd: float = 0.0
    rest_hold: float = 30.0
    seed: int = 0

    @classmethod
    def parse(cls, wanted: Mapping[str, object]) -> Self:
        """From JSON. Raises `UnknownFault`."""
        unknown = set(wanted) - {field.name for field in fields(cls)}
        if unknown:
            raise UnknownFault(f"unknown fault {sorted(unknown)[0]!r}; known are {[f.name for f in fields(cls)]}")
        values: dict[str, object] = {name: _chance(wanted[name], name) for name in _CHANCES if name in wanted}
        if "delay_webhook" in wanted:
            values["delay_webhook"] = _delay(wanted["delay_webhook"])
        if "rest_hold" in wanted:
            values["rest_hold"] = min(_LONGEST_HOLD, _number(wanted["rest_hold"], "rest_hold"))
        if "seed" in wanted:
            values["seed"] = int(_number(wanted["seed"], "seed"))
        return cls(**values)  # type: ignore[arg-type]  # each value was made for its field above


class Faults:
    """Decides, each time that something could go wrong, whether it does."""

    def __init__(self) -> None:
        self.plan = Plan()
        self._dice: dict[str, Random] = {}

    def change(self, plan: Plan) -> None:
        """From now on, and the dice begin anew."""
        self.plan = plan
        self._dice = {}

    def strikes(self, fault: str) -> bool:
        """Whether this fault, named as in the plan, happens now."""
        value: float | tuple[float, float] = getattr(self.plan, fault)
        chance = value[0] if isinstance(value, tuple) else value
        if chance <= 0:
            return False
        dice = self._dice.setdefault(fault, Random(f"{self.plan.seed}:{fault}"))
        return dice.random() < chance


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < inf:
        raise UnknownFault(f"{name} must be a number of at least 0")
    return float(value)


def _chance(value: object, name: str) -> float:
    chance = _number(value, name)
    if chance > 1:
        raise UnknownFault(f"{name} must be a chance from 0 to 1")
    return chance


def _delay(value: object) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise UnknownFault("delay_webhook must be [chance, seconds]")
    return _chance(value[0], "delay_webhook"), _number(value[1], "delay_webhook")
