"""Ringing phones. Only the dialler runs this: it opens a number, hands it to the provider, and lets go of it.

Before a phone is rung the intent is on disk. A request that may or may not have worked is never made again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.core import events as on
from gateway.core.case import Case, Placing, State
from gateway.core.errors import CannotOpen, ForbiddenMove, ProviderBusy, ProviderRefused, ProviderUncertain
from gateway.core.identity import CallId, CaseId, ResponderId, Token
from gateway.core.messages import Record, RecordKind
from gateway.core.moves import move
from gateway.core.phone import PhoneNumber
from gateway.core.triage import Urgency
from gateway.core.windows import BETWEEN_ATTEMPTS, Calendar
from gateway.jobs import Bell, JobName
from gateway.ports import Index, Opener, Strongroom, Telephone, Transaction
from gateway.services.casework import apply_all
from gateway.services.chance import Chance
from gateway.services.doubt import is_settled
from gateway.services.requesting import CASE_NUMBER
from gateway.services.timing import open_window, window_after_attempt

STAFF_NUMBER = "staff"  # what a responder's number is sealed for
CALLER_INDEX = "caller"  # what a caller's number is indexed for
IN_USE = frozenset({State.DIALLING, State.GATE, State.BRIDGED})
WHILE_SHE_HOLDS_THE_LINE = timedelta(minutes=2)
AFTER_A_BUSY_PROVIDER = timedelta(minutes=1)
PLACING_TAKES = timedelta(seconds=35)  # waiting for its turn, connecting, and the provider's answer, at the longest
GATE_TAKES = timedelta(seconds=30)
LONGEST_CALL = timedelta(hours=2)  # talks and wrapping up; how long one talk may last says the script
LONGEST_ASKING = timedelta(minutes=15)  # by then a caller has asked for her call, answered, and heard all advice


@dataclass(frozen=True, slots=True, kw_only=True)
class RingTimes:
    """How long phones ring."""

    responder: timedelta
    caller: timedelta


def open_number(store: Strongroom, opener: Opener, name: CaseId) -> PhoneNumber | None:
    """The number of a case's caller; None if it is forgotten, or its key is."""
    sealed = store.sealed_number(name)
    if sealed is None:
        return None
    try:
        return opener.open(sealed, purpose=CASE_NUMBER, subject=name)
    except CannotOpen:
        return None


class Bridging:
    """Rings responders and callers, and brings their calls where the case wants them."""

    def __init__(
        self,
        store: Strongroom,
        *,
        telephone: Telephone,
        opener: Opener,
        chance: Chance,
        calendar: Calendar,
        times: RingTimes,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._telephone = telephone
        self._opener = opener
        self._chance = chance
        self._calendar = calendar
        self._times = times
        self._clock = clock

    # --- a responder's phone ---

    def ring_responder(self, case: CaseId, token: Token) -> None:
        """Ring the woman of an offer, if that was not begun already."""
        responder = self._store.transact(lambda transaction: self._intend_offer(transaction, case, token))
        if responder is None:
            return
        number = self._staff_number(responder)
        if number is None:
            self._miss(case, token)
            return
        try:
            call = self._ring(number, f"offer/{token}", self._times.responder)
        except ProviderBusy:
            self._note(case, on.OfferFailed(token))
            return
        except ProviderRefused:
            self._miss(case, token)
            return
        except ProviderUncertain:
            call = None
        self._note_call(case, on.OfferPlaced(token, call), call, otherwise=JobName.CALL_OFF)

    def _intend_offer(self, transaction: Transaction, name: CaseId, token: Token) -> ResponderId | None:
        case = transaction.case(name)
        offer = None if case is None else case.offer(token)
        if case is None or offer is None or offer.placing is not Placing.WANTED:
            return None
        now, woman = self._clock(), transaction.responder(offer.responder)
        if woman is None or not woman.on_shift:  # she went home between the offer and its ring
            apply_all(transaction, case, on.OfferFailed(token), now=now)
            return None
        intended = apply_all(transaction, case, on.OfferIntended(token), now=now)
        return None if intended is None else offer.responder

    def _staff_number(self, responder: ResponderId) -> PhoneNumber | None:
        sealed = self._store.staff_number(responder)
        if sealed is None:
            return None
        try:
            return self._opener.open(sealed, purpose=STAFF_NUMBER, subject=responder)
        except CannotOpen:
            return None

    def _ring(self, number: PhoneNumber, path: str, ring_for: timedelta) -> CallId:
        return self._telephone.ring(
            number,
            answer_path=f"/twilio/voice/{path}",
            status_path=f"/twilio/status/{path}",
            ring_for=ring_for,
            limit=LONGEST_CALL,
        )

    def _miss(self, case: CaseId, token: Token) -> None:
        self._note(case, on.OfferMissed(token))

    def _note(self, name: CaseId, event: on.Event) -> bool:
        def work(transaction: Transaction) -> bool:
            case = transaction.case(name)
            if case is not None:
                apply_all(transaction, case, event, now=self._clock())
            return case is not None

        return self._store.transact(work)

    def _note_call(self, name: CaseId, event: on.Event, call: CallId | None, *, otherwise: JobName) -> None:
        """Note a call in its case; a case that was erased meanwhile wants no call, and no record of one."""
        if not self._note(name, event) and call is not None:
            self._store.note_record(Record(RecordKind.CALL, call), now=self._clock())
            self._store.transact(lambda transaction: transaction.owe(Bell(otherwise, (name, call))))

    # --- the caller's phone ---

    def dial_caller(self, name: CaseId) -> None:
        """Ring the caller of an accepted case, if it is the time to, and if nothing else rings her phone."""
        number = open_number(self._store, self._opener, name)
        if self._is_still_calling(name, number):
            return  # her phone is engaged by her call to us: rung for when that ends, and by the sweep
        is_settled = number is None or self._is_settled(name, number)
        token = self._store.transact(lambda transaction: self._intend_dial(transaction, name, number, is_settled))
        if token is None or number is None:
            return
        try:
            call = self._ring(number, f"gate/{token}", self._times.caller)
        except ProviderBusy:
            self._postpone_attempt(name, token)
            return
        except ProviderRefused:
            self._end_attempt(name, token)
            return
        except ProviderUncertain:
            call = None
        self._note_call(name, on.DialPlaced(token, call), call, otherwise=JobName.HANG_UP)

    def _is_still_calling(self, name: CaseId, number: PhoneNumber | None) -> bool:
        """Whether somebody is on this phone with us, for this request or another. One that nobody knows is over.

        Not whoever waits on the line for another request: she waits for the very woman who would be waiting for her.
        """
        others = (
            [] if number is None else self._store.cases_of_phone(self._opener.indexes(number, purpose=CALLER_INDEX))
        )
        cases = [case for case in map(self._store.case, dict.fromkeys((name, *others))) if case is not None]
        since = self._clock() - LONGEST_ASKING
        fresh = [case.own_call for case in cases if not case.on_the_line and case.last_asked_at > since]
        return any(self._goes_on(call) for call in dict.fromkeys(fresh) if call is not None)

    def _is_settled(self, name: CaseId, number: PhoneNumber) -> bool:
        """Whether nothing can ring beside a new attempt that comes of an older one, for this request or another.

        While another request of this phone is rung or talked with nothing is ended: this one has to wait anyhow.
        """
        names = self._store.cases_of_phone(self._opener.indexes(number, purpose=CALLER_INDEX))
        cases = [case for case in map(self._store.case, dict.fromkeys((name, *names))) if case is not None]
        if any(case.state in IN_USE for case in cases):
            return False
        return is_settled(number, cases, store=self._store, telephone=self._telephone, now=self._clock())

    def _goes_on(self, call: CallId) -> bool:
        """Whether the provider says so. One that does not answer rings nobody either: it need not be waited for."""
        try:
            status = self._telephone.status(call)
        except (ProviderBusy, ProviderRefused, ProviderUncertain):
            return False
        return status is not None and not status.is_final

    def _intend_dial(
        self, transaction: Transaction, name: CaseId, number: PhoneNumber | None, is_settled: bool
    ) -> Token | None:
        case = transaction.case(name)
        if case is None or case.state is not State.ACCEPTED or case.on_the_line:
            return None
        now = self._clock()
        if number is None:
            apply_all(transaction, case, on.Expired(), now=now)
            return None
        over_at = now + PLACING_TAKES + self._times.caller + GATE_TAKES
        if not self._may_ring_now(case, now) or not _is_on_the_roster(transaction, case.holder):
            self._postpone(transaction, case, now)
            return None
        indexes = self._opener.indexes(number, purpose=CALLER_INDEX)
        engaged_for = self._engaged_for(indexes, transaction, case)
        if engaged_for is None and not is_settled:
            engaged_for = AFTER_A_BUSY_PROVIDER
        if engaged_for is None and not transaction.claim_phone(indexes, case.id, until=over_at):
            engaged_for = _after_another_attempt(case, over_at - now)
        if engaged_for is not None:
            self._postpone(transaction, case, now + engaged_for)
            return None
        token = self._chance.token()
        try:
            transaction.apply(move(case, on.DialIntended(token, over_at), now=now))
        except ForbiddenMove:
            return None
        transaction.note_ring(indexes, case.id, at=now)
        return token

    def _may_ring_now(self, case: Case, now: datetime) -> bool:
        """So that it has stopped ringing when her window closes, however long placing takes; or within the talk that
        was cut: she is at her phone and knows who rings.
        """
        again = case.bridges > 0 and case.again_until is not None and now < case.again_until
        return again or case.due_at <= now <= case.closes_at - self._times.caller - PLACING_TAKES

    def _engaged_for(self, indexes: Sequence[Index], transaction: Transaction, case: Case) -> timedelta | None:
        """For how long to leave this phone alone; None if it is free.

        It is rung, talked or waited on for another request: a second ring would give both away.
        """
        found = [transaction.case(name) for name in self._store.cases_of_phone(indexes) if name != case.id]
        others = [other for other in found if other is not None]
        if any(other.state in IN_USE for other in others):
            return BETWEEN_ATTEMPTS
        distance = self._distance_from_another(indexes, transaction, case)
        if distance is not None:
            return distance
        return WHILE_SHE_HOLDS_THE_LINE if any(other.on_the_line for other in others) else None

    def _distance_from_another(
        self, indexes: Sequence[Index], transaction: Transaction, case: Case
    ) -> timedelta | None:
        """How much is left of the half hour since this phone was rung for another request; None if nothing.

        Whoever is near her phone would hear it again, whoever it is for. Danger does not wait, and a talk that was cut
        goes on: there only a call that can be alive is waited for.
        """
        rung_at = transaction.rung_for_another(indexes, case.id)
        if rung_at is None or case.urgency is Urgency.P0 or case.bridges:
            return None
        left = rung_at + BETWEEN_ATTEMPTS - self._clock()
        return left if left > timedelta(0) else None

    def _postpone(self, transaction: Transaction, case: Case, not_before: datetime) -> None:
        window = open_window(case, self._calendar, now=not_before)
        apply_all(transaction, case, on.DialPostponed(window.opens_at, window.closes_at), now=self._clock())

    def _postpone_attempt(self, name: CaseId, token: Token) -> None:
        """The provider was busy, and her phone did not ring: a moment later, if her window is still open then."""

        def work(transaction: Transaction) -> None:
            case = transaction.case(name)
            if case is not None:
                now = self._clock()
                window = open_window(case, self._calendar, now=now + AFTER_A_BUSY_PROVIDER)
                apply_all(transaction, case, on.DialFailed(token, window.opens_at, window.closes_at), now=now)

        self._store.transact(work)

    def _end_attempt(self, name: CaseId, token: Token) -> None:
        def work(transaction: Transaction) -> None:
            case = transaction.case(name)
            if case is not None:
                now = self._clock()
                window = window_after_attempt(case, self._calendar, now=now)
                apply_all(transaction, case, on.AttemptEnded(token, window.opens_at, window.closes_at), now=now)

        self._store.transact(work)


def _is_on_the_roster(transaction: Transaction, holder: ResponderId | None) -> bool:
    """Whether whoever accepted may talk with the caller still: she may have been removed since."""
    return holder is not None and transaction.responder(holder) is not None


def _after_another_attempt(case: Case, claim_lasts: timedelta) -> timedelta:
    """For how long to leave a phone alone whose claim is another request's, though no case has that attempt any more.

    It rang a moment ago: half an hour as after every attempt, but in danger no longer than the claim can live.
    """
    return claim_lasts if case.urgency is Urgency.P0 else BETWEEN_ATTEMPTS
