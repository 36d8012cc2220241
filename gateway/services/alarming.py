"""Telling the supervisor. The clock sees the reasons; the dialler rings her phone."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog

from gateway.core.alarms import Alarm, alarms
from gateway.core.errors import ProviderBusy
from gateway.core.identity import CaseId
from gateway.core.matching import Team, fits
from gateway.core.messages import Record, RecordKind
from gateway.core.phone import PhoneNumber
from gateway.core.roster import Responder
from gateway.jobs import Bell, JobName
from gateway.ports import Store, Strongroom, Telephone, Transaction

URGENT_LOOKED_AT = 1000  # each is a reason of its own
OTHERS_LOOKED_AT = 10  # one would do, but it may just be going
DECLINED_LOOKED_AT = 100
RING_FOR = timedelta(seconds=40)
LONGEST = timedelta(minutes=2)
TELLING = Bell(JobName.ALARM)


class Watch:
    """Runs in the clock's process: looks for reasons, and sees to it that she is told once of each."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def run(self) -> int:
        """Raise the alarms that are due; how many were raised."""
        now = self._clock()
        present = Team.of(self._store.responders(), now=now).present
        told = dict.fromkeys((*self._telling(now), *self._unmatched(present, now)))
        cases = [case for case in map(self._store.case, told) if case is not None]
        found = list(alarms(cases, present=present, now=now))
        if not found:
            self._store.errand_done(TELLING)  # whatever it was is gone before she could be told
            return 0
        return self._store.transact(lambda transaction: self._raise(transaction, found))

    def _raise(self, transaction: Transaction, found: list[Alarm]) -> int:
        """Owe her one call for all that is new. Until it is placed the sweep rings for it every ten seconds."""
        raised = [alarm for alarm in found if transaction.first_alarm(alarm.reason, again_after=alarm.again_after)]
        if raised:
            transaction.owe(TELLING)
        return len(raised)

    def _telling(self, now: datetime) -> Iterable[CaseId]:
        """The cases that tell whether there is a reason: all in danger that are late; of others any one is enough."""
        urgent = self._store.unanswered_cases(now, urgent=True, limit=URGENT_LOOKED_AT)
        others = self._store.unanswered_cases(now, urgent=False, limit=OTHERS_LOOKED_AT)
        return (*urgent, *others, *self._store.ready_cases(1))

    def _unmatched(self, present: tuple[Responder, ...], now: datetime) -> Iterable[CaseId]:
        """The cases that tell whether one is due that nobody present may take: of a lane for nobody any one is enough,
        besides there are those that were declined, as many as women have had the time for.
        """
        for lane in self._store.lanes():
            if not any(fits(responder, lane) for responder in present):
                yield from (place.case for place in self._store.places(lane, start=0, limit=OTHERS_LOOKED_AT))
        yield from self._store.declined_cases(now, DECLINED_LOOKED_AT)


class Supervisor:
    """Runs in the dialler: rings the supervisor's phone from the service's number."""

    def __init__(
        self, store: Strongroom, telephone: Telephone, *, number: PhoneNumber | None, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._telephone = telephone
        self._number = number
        self._clock = clock

    def tell(self) -> None:
        """Ring her, if that is still owed. Without a number of hers the log says that nobody was told.

        It counts as done before her phone rings: whatever is uncertain is not repeated. Only from a provider that was
        busy is it known that nothing rang.
        """
        if not self._store.errand_done(TELLING):
            return
        try:
            self._ring()
        except ProviderBusy:
            self._store.transact(lambda transaction: transaction.owe(TELLING, at_once=False))
            raise

    def _ring(self) -> None:
        if self._number is None:
            structlog.get_logger().error("alarm_without_supervisor", mend="set SUPERVISOR_NUMBER")
            return
        call = self._telephone.ring(
            self._number,
            answer_path="/twilio/voice/alarm",
            status_path="/twilio/status/alarm",
            ring_for=RING_FOR,
            limit=LONGEST,
        )
        self._store.note_record(Record(RecordKind.CALL, call), now=self._clock() + LONGEST)
