"""The sweep: state is the truth, and every few seconds what should be happening is derived from it again.

Any job and any webhook can be lost, repeated or late. What was lost is rung for again; what is out of time ends.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from gateway.core import events as on
from gateway.core.calls import LineSign
from gateway.core.case import ENDS, Case, State
from gateway.core.identity import CaseId
from gateway.core.matching import Team
from gateway.core.windows import Calendar
from gateway.jobs import Bell, JobName
from gateway.ports import Store, Transaction
from gateway.services.casework import apply_all
from gateway.services.timing import open_window, window_after_attempt

AT_ONCE = 500
LINES_LOOKED_AT = 100


class Sweep:
    """Runs in the clock's process; holds no key and reads no number."""

    def __init__(self, store: Store, *, calendar: Calendar, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._calendar = calendar
        self._clock = clock

    def run(self) -> int:
        """Look at everything that is due; the number of cases looked at."""
        now = self._clock()
        looked = 0
        self._store.listen()
        asked_before = now - self._calendar.retention
        for case in self._store.old_cases(asked_before, AT_ONCE):
            looked += self._store.transact(partial(self._expire, name=case, asked_before=asked_before))
        for case in self._store.overdue_cases(now, AT_ONCE):
            looked += self._store.transact(partial(self._look, name=case))
        for case in self._store.ready_cases(LINES_LOOKED_AT):
            looked += self._store.transact(partial(self._look_at_line, name=case))
        for wish in self._store.overdue_wishes(now, AT_ONCE):
            self._store.ring(wish)
        if self._store.ready_cases(1) and Team.of(self._store.responders(), now=now).free:
            self._store.ring(Bell(JobName.DISPATCH))
        return looked

    def _expire(self, transaction: Transaction, *, name: CaseId, asked_before: datetime) -> bool:
        case = transaction.case(name)
        if case is None:
            transaction.ring(Bell(JobName.ERASE, (name,)))
            return False
        if case.last_asked_at > asked_before:
            return False  # she said it again since it was listed, and was told that it is kept
        holds_nothing = not case.may_ring and case.state in {State.BRIDGED, State.WRAP_UP}
        return not holds_nothing and apply_all(transaction, case, on.Expired(), now=self._clock()) is not None

    def _look(self, transaction: Transaction, *, name: CaseId) -> bool:
        case, now = transaction.case(name), self._clock()
        if case is None:
            transaction.ring(Bell(JobName.ERASE, (name,)))
            return False
        event = on.CallEnded() if self._has_left(transaction, case) else self._look_event(case, now)
        return apply_all(transaction, case, event, now=now) is not None

    def _look_at_line(self, transaction: Transaction, *, name: CaseId) -> bool:
        case = transaction.case(name)
        if case is None or not self._has_left(transaction, case):
            return False
        return apply_all(transaction, case, on.CallEnded(), now=self._clock()) is not None

    def _has_left(self, transaction: Transaction, case: Case) -> bool:
        """Whether a caller who waits on the line is certainly gone. Of one who is only quiet the provider is asked."""
        if not case.on_the_line or case.state is State.BRIDGED:
            return False
        sign = self._store.line_sign(case.id, self._clock())
        if sign is LineSign.QUIET:
            transaction.ring(Bell(JobName.CHECK_CALLS, (case.id,)))
        return sign is LineSign.LOST

    def _look_event(self, case: Case, now: datetime) -> on.Event:
        if case.state in ENDS:
            return on.Looked(now, now)
        window = (open_window if case.on_the_line else window_after_attempt)(case, self._calendar, now=now)
        return on.Looked(window.opens_at, window.closes_at)
