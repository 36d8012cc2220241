"""Time in the simulated network: how long things take, how much faster than real it runs, dates on the wire."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final

PLAY_SECONDS: Final = 5.0  # a recording whose length nobody told us
_SPOKEN_CHARACTER: Final = 0.06
_SHORTEST_SAY: Final = 0.1
_SHORTEST_WAIT_FOR_THE_WEB: Final = 2.0  # real seconds: a fast network does not make web servers faster


@dataclass(frozen=True, slots=True)
class Pace:
    """`speed` 20 means that one real second holds twenty simulated ones."""

    speed: float

    def real(self, seconds: float) -> float:
        """So many simulated seconds, in real ones."""
        return seconds / self.speed

    def simulated(self, seconds: float) -> float:
        """So many real seconds, in simulated ones."""
        return seconds * self.speed

    def for_the_web(self, seconds: float) -> float:
        """A time limit for an HTTP request, in real seconds."""
        return max(_SHORTEST_WAIT_FOR_THE_WEB, self.real(seconds))

    async def sleep(self, seconds: float) -> None:
        """Let so many simulated seconds pass."""
        await asyncio.sleep(self.real(seconds))


def say_seconds(text: str) -> float:
    """How long a voice needs for this text."""
    return max(_SHORTEST_SAY, _SPOKEN_CHARACTER * len(text))


def now() -> datetime:
    """The moment, aware, UTC."""
    return datetime.now(UTC)


def rfc2822(moment: datetime | None) -> str | None:
    """A date as Twilio writes it: `Tue, 31 Aug 2010 20:36:28 +0000`."""
    return None if moment is None else format_datetime(moment)
