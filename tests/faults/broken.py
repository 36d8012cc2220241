"""One offence against a promise, as a run's report tells it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Broken:
    """One offence. `event` is the number of an event that shows it, 0 where the store shows it."""

    what: str
    event: int = 0
