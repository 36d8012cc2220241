"""All phones and calls that the network knows, bounded: past calls are forgotten, the oldest first."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from gateway.simulator.calls import Call, Phone

_MOST_CALLS: Final = 20_000
MOST_PHONES: Final = 20_000


class Registry:
    """Looks things up. Changes nothing in them."""

    def __init__(self) -> None:
        self.phones: dict[str, Phone] = {}
        self._calls: dict[str, Call] = {}

    def add(self, call: Call) -> None:
        """From now on the call can be found."""
        self._calls[call.sid] = call
        if len(self._calls) > _MOST_CALLS:
            for old in [sid for sid, known in islice(self._calls.items(), _MOST_CALLS // 10) if known.status.final]:
                del self._calls[old]

    def forget(self, call: Call) -> None:
        """As if it had never been."""
        self._calls.pop(call.sid, None)

    def find(self, sid: str) -> Call | None:
        """The call with this id."""
        return self._calls.get(sid)

    def newest_first(self) -> Iterator[Call]:
        """All calls."""
        return reversed(self._calls.values())

    def clear(self) -> None:
        """Forget all."""
        self.phones.clear()
        self._calls.clear()
