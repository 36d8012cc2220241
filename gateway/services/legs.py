"""Calls that go on: what became of them if nobody reported it, and those that must come back or end.

Only the dialler runs this. What it finds out is told to the case by the words of the report that was lost.
"""

from collections.abc import Callable
from datetime import datetime

from gateway.core.calls import CallStatus
from gateway.core.case import ENDS, HELD, Attempt, Case, State
from gateway.core.errors import ProviderRefused
from gateway.core.identity import CallId, CaseId
from gateway.core.troubles import Trouble
from gateway.jobs import Bell, JobName
from gateway.ports import Opener, Strongroom, Telephone
from gateway.services.bridging import open_number
from gateway.services.callreports import CallReports
from gateway.services.doubt import end_unless_final

WITH_HER = HELD - {State.WRAP_UP}  # while the case stands here its holder belongs in the room


class Legs:
    """The dialler's work on calls that it or somebody else has begun."""

    def __init__(
        self,
        store: Strongroom,
        *,
        telephone: Telephone,
        opener: Opener,
        reports: CallReports,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._telephone = telephone
        self._opener = opener
        self._reports = reports
        self._clock = clock

    # --- what became of them ---

    def check(self, name: CaseId) -> None:
        """Ask the provider which calls of a case go on; what has ended is dealt with as if it had been reported."""
        case = self._living(name)
        if case is not None and case.desk is not None and self._is_over(case.desk):
            self._reports.desk_ended(name, case.desk)
            case = self._living(name)
        if case is not None and case.attempt is not None:
            self._check_attempt(case, case.attempt)
        if case is not None and case.line is not None:
            self._check_line(case, case.line)

    def _living(self, name: CaseId) -> Case | None:
        case = self._store.case(name)
        return None if case is None or case.state in ENDS else case

    def _is_over(self, call: CallId) -> bool:
        """Whether the provider says so. A call that it does not know may be one of a switch that cannot be asked."""
        status = self._status(call)
        return status is not None and status.is_final

    def _status(self, call: CallId) -> CallStatus | None:
        try:
            return self._telephone.status(call)
        except ProviderRefused:
            return None

    def _check_attempt(self, case: Case, attempt: Attempt) -> None:
        if case.state is not State.BRIDGED and self._clock() >= attempt.over_at:
            self._end_late_attempt(case, attempt)
        elif attempt.call is not None and self._is_over(attempt.call):
            self._reports.attempt_over(case.id, attempt.token)

    def _end_late_attempt(self, case: Case, attempt: Attempt) -> None:
        """It cannot be ringing by right any more: what still does is ended, what was answered is left to its words."""
        calls = [attempt.call] if attempt.call is not None else self._calls_since(case.id, attempt.started_at)
        standing = {call: self._telephone.status(call) for call in calls}
        if CallStatus.IN_PROGRESS in standing.values():
            return
        for call, status in standing.items():
            end_unless_final(call, status, store=self._store, telephone=self._telephone, now=self._clock())
        self._reports.attempt_over(case.id, attempt.token)

    def _calls_since(self, name: CaseId, moment: datetime) -> list[CallId]:
        number = open_number(self._store, self._opener, name)
        return [] if number is None else self._telephone.placed_since(number, moment)

    def _check_line(self, case: Case, call: CallId) -> None:
        status = self._status(call)
        if status is not None and status.is_final:
            self._reports.own_call_ended(case.id, call)
        elif status is CallStatus.IN_PROGRESS:
            self._store.transact(lambda transaction: transaction.hold_line(case.id))
            if case.is_stray:
                self._telephone.redirect(call, path="/twilio/voice/back")

    # --- errands: rung for again until they are done ---

    def release_responder(self, name: CaseId, call: CallId) -> None:
        """Bring a waiting responder back to her menu, unless she waits rightly by now, or is there already."""
        case = self._store.case(name)
        holds = case is not None and case.desk == call
        settled = case is not None and holds and (case.state in WITH_HER or not case.desk_in_room)
        self._do(JobName.RELEASE_RESPONDER, name, call, self._nothing if settled else self._redirect_desk)

    def release_caller(self, name: CaseId, call: CallId) -> None:
        """Bring a caller whom we rang out of a room to which nobody comes, unless she talks there."""
        case = self._store.case(name)
        attempt = None if case is None or case.state is not State.BRIDGED else case.attempt
        talks = attempt is not None and attempt.call == call
        self._do(JobName.RELEASE_CALLER, name, call, self._nothing if talks else self._redirect_caller)

    def hang_up(self, name: CaseId, call: CallId) -> None:
        """End a call."""
        self._do(JobName.HANG_UP, name, call, self._telephone.hang_up)

    def call_off(self, name: CaseId, call: CallId) -> None:
        """End the ringing of a call for an offer that is gone, or lead who answered it to words that say so."""
        case = self._store.case(name)
        holds = case is not None and case.desk == call
        self._do(JobName.CALL_OFF, name, call, self._nothing if holds else self._cancel_or_lead_out)

    def _do(self, job: JobName, name: CaseId, call: CallId, deed: Callable[[CallId], None]) -> None:
        """Do an errand. What the provider refuses is done with: nothing mends it, and mostly the call is over."""
        try:
            deed(call)
        except ProviderRefused as refusal:
            self._store.errand_done(Bell(job, (name, call)))
            if refusal.trouble is not Trouble.EXPECTED:
                raise
            return
        self._store.errand_done(Bell(job, (name, call)))

    def _nothing(self, call: CallId) -> None:
        """Nothing is to be done any more."""

    def _cancel_or_lead_out(self, call: CallId) -> None:
        if not self._telephone.cancel(call):
            self._redirect_desk(call)

    def _redirect_desk(self, call: CallId) -> None:
        self._telephone.redirect(call, path="/twilio/voice/offer/back")

    def _redirect_caller(self, call: CallId) -> None:
        self._telephone.redirect(call, path="/twilio/voice/gate/back")
