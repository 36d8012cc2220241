"""Shifts begin and end: whoever is on or off by her plan is put so when its hour comes. The clock runs this."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from gateway.core.identity import ResponderId
from gateway.core.roster import as_planned, has_turned, is_on_duty
from gateway.jobs import Bell, JobName
from gateway.ports import Store, Transaction


class Shifts:
    """Looks after every responder's plan. `zone` is the hotline's: plans are written in its hours."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime], zone: ZoneInfo) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone
        self._looked_at: datetime | None = None

    def turn(self) -> int:
        """Put on and off shift whose plan has turned; how many were changed."""
        now = self._clock()
        # When plans turn was reckoned ahead: after the clock was set back that is long to come, so all are looked at.
        anybody = self._looked_at is None or now < self._looked_at
        due = [known.id for known in self._store.responders() if anybody or has_turned(known, now=now)]
        changed = [responder for responder in due if self._store.transact(partial(self._turn, name=responder))]
        self._looked_at = now
        return len(changed)

    def _turn(self, transaction: Transaction, *, name: ResponderId) -> bool:
        """A case that she holds stays hers. Whoever waits is offered at once to a woman who may be asked again."""
        known = transaction.responder(name)
        if known is None:
            return False
        seen = as_planned(known, now=self._clock(), zone=self._zone)
        if seen == known:
            return False
        transaction.keep_responder(seen)
        if is_on_duty(seen) and not is_on_duty(known):
            transaction.ring(Bell(JobName.DISPATCH))
        return True
