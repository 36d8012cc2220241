"""Telling the supervisor. The clock sees the reasons; the dialler rings her phone."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from gateway.core.alarms import alarms
from gateway.core.phone import PhoneNumber
from gateway.jobs import Bell, JobName
from gateway.ports import Store, Telephone

CASES_LOOKED_AT = 200
RING_FOR = timedelta(seconds=40)
LONGEST = timedelta(minutes=2)


class Watch:
    """Runs in the clock's process: looks for reasons, and rings once for each."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def run(self) -> int:
        """Raise the alarms that are due; how many were raised."""
        names = dict.fromkeys((*self._store.ready_cases(CASES_LOOKED_AT), *self._store.all_cases(CASES_LOOKED_AT)))
        cases = [case for case in map(self._store.case, names) if case is not None]
        on_shift = any(responder.on_shift for responder in self._store.responders())
        found = list(alarms(cases, anybody_on_shift=on_shift, now=self._clock()))
        raised = [alarm for alarm in found if self._store.first_alarm(alarm.reason, again_after=alarm.again_after)]
        if raised:
            self._store.ring(Bell(JobName.ALARM))
        return len(raised)


class Supervisor:
    """Runs in the dialler: rings the supervisor's phone from the service's number."""

    def __init__(self, telephone: Telephone, *, number: PhoneNumber | None) -> None:
        self._telephone = telephone
        self._number = number

    def tell(self) -> None:
        """Ring her. Without a number of hers the log says that nobody was told."""
        if self._number is None:
            structlog.get_logger().error("alarm_without_supervisor", mend="set SUPERVISOR_NUMBER")
            return
        self._telephone.ring(
            self._number,
            answer_path="/twilio/voice/alarm",
            status_path="/twilio/status/alarm",
            ring_for=RING_FOR,
            limit=LONGEST,
        )
