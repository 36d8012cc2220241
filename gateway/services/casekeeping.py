"""Admitting requests, cancelling them, and leaving nothing of them. The dialler runs this: it needs the index.

The caller heard the same words long before, whatever is found here.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from gateway.core import events as on
from gateway.core.case import ENDS, Case, State
from gateway.core.errors import CannotOpen, ProviderBusy, ProviderRefused, ProviderUncertain
from gateway.core.identity import CallId, CaseId, ResponderId
from gateway.core.messages import MessageId, Record, RecordKind
from gateway.core.phone import PhoneNumber
from gateway.core.roster import taken_by_hand
from gateway.core.rules.pieces import REST_AFTER_A_CALL
from gateway.core.sameness import same_person
from gateway.jobs import Bell, JobName
from gateway.ports import EVERYTHING, Opener, Sealed, Strongroom, Telephone, Transaction, Withdrawal
from gateway.services.bridging import CALLER_INDEX, STAFF_NUMBER
from gateway.services.casework import apply_all
from gateway.services.intake import CASE_NUMBER, WITHDRAWAL_NUMBER
from gateway.services.reception import KNOCK_NUMBER, SHIFT_ON

TRIES_A_DAY = 3
MOVING_LOOKED_AT = 1000
RECORDS_AT_ONCE = 5  # offers must not wait behind deletions
TRY_RECORD_AGAIN_AFTER = timedelta(minutes=10)
TRIED_FOR = timedelta(days=14)
ALL = 10_000_000  # whatever is held must be sealed anew before its key goes


class Casekeeping:
    """The dialler's work on cases, besides ringing."""

    def __init__(
        self,
        store: Strongroom,
        *,
        opener: Opener,
        telephone: Telephone,
        forget_message: Callable[[MessageId], None],
        clock: Callable[[], datetime],
        zone: ZoneInfo,
    ) -> None:
        """`forget_message` deletes the provider's record of a message, as `Texting.forget` does."""
        self._store = store
        self._opener = opener
        self._telephone = telephone
        self._forget_message = forget_message
        self._clock = clock
        self._zone = zone

    def admit(self, name: CaseId) -> None:
        """Put a new request in its place: note it under its phone, so that it can be cancelled, and let it wait."""
        case = self._store.case(name)
        if case is None or case.state in ENDS:
            self._store.errand_done(Bell(JobName.ADMIT, (name,)))
            return
        index = self._index(self._store.sealed_number(name), CASE_NUMBER, name)
        others = [] if index is None else [other for other in self._store.cases_of_phone(index) if other != name]
        self._store.transact(partial(self._admit, name=name, index=index, others=others))
        self._store.errand_done(Bell(JobName.ADMIT, (name,)))

    def _admit(self, transaction: Transaction, *, name: CaseId, index: str | None, others: Sequence[CaseId]) -> None:
        case, now = transaction.case(name), self._clock()
        if case is None or case.state in ENDS:
            return
        if index is not None:
            transaction.place(name, index)
        earlier = [known for known in map(transaction.case, others) if known is not None and _is_earlier(known, case)]
        replaced = [known for known in earlier if apply_all(transaction, known, on.Replaced(), now=now) is not None]
        taken = [
            on.TakenOver(old.waiting_since, (old.secret, *old.older_secrets), old.answers, old.records)
            for old in replaced
        ]
        apply_all(transaction, case, *taken, on.Admitted(), now=now)

    def _index(self, sealed: Sealed | None, purpose: str, subject: str) -> str | None:
        number = None if sealed is None else self._opened(sealed, purpose, subject)
        return None if number is None else self._opener.index(number, purpose=CALLER_INDEX)

    def _opened(self, sealed: Sealed, purpose: str, subject: str) -> PhoneNumber | None:
        try:
            return self._opener.open(sealed, purpose=purpose, subject=subject)
        except CannotOpen:
            return None

    def withdraw(self, name: str) -> None:
        """Cancel the open requests of a phone that have this secret number; three wrong tries a day."""
        wish = self._store.withdrawal(name)
        index = None if wish is None else self._index(wish.sealed, WITHDRAWAL_NUMBER, name)
        for waiting in self._store.moving_cases(MOVING_LOOKED_AT):
            self._admit_if_new(waiting)  # one whose own job was lost is in no index yet, and must be found all the same
        if wish is not None and index is not None:
            self._withdraw_from(index, wish, name=name)
        self._store.wish_fulfilled(JobName.WITHDRAW, name)

    def _admit_if_new(self, name: CaseId) -> None:
        case = self._store.case(name)
        if case is not None and case.state is State.REQUESTED:
            self.admit(name)

    def _withdraw_from(self, index: str, wish: Withdrawal, *, name: str) -> None:
        trusted = wish.was_right or wish.secret == EVERYTHING
        if not trusted and self._store.wrong_tries(index) >= TRIES_A_DAY:
            return  # somebody is guessing: whoever knows the number can try again tomorrow
        cases = [case for case in map(self._store.case, self._store.cases_of_phone(index)) if case is not None]
        hers = [case.id for case in cases if wish.secret == EVERYTHING or case.opens_to(wish.secret)]
        if hers:
            self._store.wish_was_right(name)
        elif cases and not trusted:  # with nothing open there is nothing to guess at
            self._store.wrong_try(index, name)
        for case in hers:
            self._withdraw(case)

    def _withdraw(self, name: CaseId) -> None:
        def work(transaction: Transaction) -> None:
            case = transaction.case(name)
            if case is not None:
                apply_all(transaction, case, on.Withdrawn(), now=self._clock())

        self._store.transact(work)

    def answer_knock(self, name: str) -> None:
        """See who called the staff number, and take her on or off shift. A stranger changes nothing."""
        knock = self._store.knock(name)
        number = None if knock is None else self._opened(knock.sealed, KNOCK_NUMBER, name)
        responder = None if number is None else self._responder_of(number)
        if knock is not None and responder is not None:
            self._store.transact(partial(self._set_shift, responder=responder, on=knock.wish == SHIFT_ON))
        self._store.wish_fulfilled(JobName.KNOCK, name)

    def _set_shift(self, transaction: Transaction, *, responder: ResponderId, on: bool) -> None:
        """She rests a moment, for she hears our thanks: rung at once her line would be busy, which counts as a miss."""
        known, now = transaction.responder(responder), self._clock()
        if known is not None:
            taken = taken_by_hand(known, on=on, now=now, zone=self._zone)
            transaction.keep_responder(replace(taken, rest_until=now + REST_AFTER_A_CALL) if on else taken)
            transaction.ring(Bell(JobName.DISPATCH))

    def _responder_of(self, number: PhoneNumber) -> ResponderId | None:
        """The responder of a number. The roster is short: each number is opened and compared."""
        for responder in self._store.responders():
            sealed = self._store.staff_number(responder.id)
            if sealed is not None and self._opened(sealed, STAFF_NUMBER, responder.id) == number:
                return responder.id
        return None

    def erase(self, name: CaseId) -> None:
        """Leave nothing of a case that is over, neither in the store nor in its append-only file."""
        case = self._store.case(name)
        if case is not None and case.state not in ENDS:
            return
        self._store.erase(name, now=self._clock())
        self._store.compact()

    def forget_records(self) -> None:
        """Delete what the provider holds of calls and messages; what it will not delete yet is tried again later."""
        now = self._clock()
        for record in self._store.due_records(now, RECORDS_AT_ONCE):
            since = self._store.record_since(record) or now
            if self._forget(record):
                self._store.record_deleted(record)
            elif now - since > TRIED_FOR:
                self._store.record_given_up(record)
            else:
                self._store.record_kept(record, try_at=now + TRY_RECORD_AGAIN_AFTER)

    def _forget(self, record: Record) -> bool:
        try:
            if record.kind is RecordKind.CALL:
                self._telephone.forget(CallId(record.id))
            else:
                self._forget_message(MessageId(record.id))
        except (ProviderBusy, ProviderRefused, ProviderUncertain):
            return False
        return True

    def seal_anew(self) -> None:
        """Seal every number that is held with today's key, so that yesterday's can be destroyed."""
        for name in self._store.all_cases(ALL):
            sealed = self._store.sealed_number(name)
            fresh = None if sealed is None else self._sealed_anew(sealed, name)
            if fresh is not None:
                self._store.keep_sealed_number(name, fresh)

    def _sealed_anew(self, sealed: Sealed, name: CaseId) -> Sealed | None:
        try:
            return self._opener.reseal(sealed, purpose=CASE_NUMBER, subject=name)
        except CannotOpen:  # its key is gone: nobody can call her, and the sweep will end the case
            return None


def _is_earlier(known: Case, case: Case) -> bool:
    """Whether `known` is an earlier request of the same person: a job that came late must not turn the order round."""
    return known.requested_at <= case.requested_at and same_person(case, known)
