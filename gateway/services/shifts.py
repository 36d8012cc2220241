"""Shifts begin and end: whoever is on or off by her plan is put so when its hour comes. The clock runs this."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from gateway.core.identity import ResponderId
from gateway.core.roster import seen_at
from gateway.jobs import Bell, JobName
from gateway.ports import Store, Transaction


class Shifts:
    """Looks after every responder's plan. `zone` is the hotline's: plans are written in its hours."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime], zone: ZoneInfo) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone

    def turn(self) -> int:
        """Put on and off shift whose plan has turned; how many were looked at."""
        now = self._clock()
        due = [known.id for known in self._store.responders() if known.turns_at is not None and known.turns_at <= now]
        for responder in due:
            self._store.transact(partial(self._turn, name=responder))
        return len(due)

    def _turn(self, transaction: Transaction, *, name: ResponderId) -> None:
        """A case that she holds stays hers. Whoever waits is offered at once to a woman who comes on."""
        known = transaction.responder(name)
        if known is None:
            return
        seen = seen_at(known, now=self._clock(), zone=self._zone)
        transaction.keep_responder(seen)
        if seen.on_shift and not known.on_shift:
            transaction.ring(Bell(JobName.DISPATCH))
