"""Admitting requests, cancelling them, and leaving nothing of them. The dialler runs this: it needs the index.

The caller heard the same words long before, whatever is found here.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from gateway.core import events as on
from gateway.core.case import ENDS, Case, State
from gateway.core.errors import CannotOpen
from gateway.core.identity import CaseId, ResponderId
from gateway.core.phone import PhoneNumber
from gateway.core.roster import taken_by_hand
from gateway.core.rules.pieces import REST_AFTER_A_CALL
from gateway.core.sameness import Union, as_a_part, proves, unions
from gateway.core.windows import Calendar
from gateway.jobs import Bell, JobName
from gateway.ports import EVERYTHING, Index, Opener, Sealed, Strongroom, Transaction, Withdrawal
from gateway.services.bridging import CALLER_INDEX, STAFF_NUMBER
from gateway.services.casework import apply_all
from gateway.services.intake import WITHDRAWAL_NUMBER
from gateway.services.reception import KNOCK_NUMBER, SHIFT_ON
from gateway.services.requesting import CASE_NUMBER
from gateway.services.timing import window_in_danger

TRIES_A_DAY = 3
PROOF_INDEX = "proof"  # what a number is named for while the secret numbers keyed with its requests are counted
MOVING_LOOKED_AT = 1000


class Casekeeping:
    """The dialler's work on cases, besides ringing."""

    def __init__(
        self,
        store: Strongroom,
        *,
        opener: Opener,
        clock: Callable[[], datetime],
        calendar: Calendar,
    ) -> None:
        self._store = store
        self._opener = opener
        self._clock = clock
        self._calendar = calendar

    def admit(self, name: CaseId) -> None:
        """Put a new request in its place: note it under its phone, so that it can be cancelled, and let it wait."""
        case = self._store.case(name)
        if case is None or case.state in ENDS:
            self._store.errand_done(Bell(JobName.ADMIT, (name,)))
            return
        sealed = self._store.sealed_number(name)
        indexes = self._indexes(sealed, CASE_NUMBER, name)
        others = [other for other in self._store.cases_of_phone(indexes) if other != name] if indexes else []
        may_prove = True
        if case.keyed and others:
            tries = self._indexes(sealed, CASE_NUMBER, name, named_for=PROOF_INDEX)
            may_prove = self._may_prove(case, others, tries)
        self._store.transact(partial(self._admit, name=name, indexes=indexes, others=others, may_prove=may_prove))
        self._store.errand_done(Bell(JobName.ADMIT, (name,)))

    def _may_prove(self, case: Case, others: Sequence[CaseId], tries: Sequence[Index]) -> bool:
        """Whether a number that was keyed counts: three wrong ones a day, and after that somebody is guessing."""
        if self._store.wrong_tries(tries) >= TRIES_A_DAY:
            return False
        known = (self._store.case(other) for other in others)
        if not any(other is not None and proves(case, other) for other in known):
            self._store.wrong_try(tries[0], case.id + case.secret)
        return True

    def _admit(
        self,
        transaction: Transaction,
        *,
        name: CaseId,
        indexes: Sequence[Index],
        others: Sequence[CaseId],
        may_prove: bool,
    ) -> None:
        case, now = transaction.case(name), self._clock()
        if case is None or case.state in ENDS:
            return
        if indexes:
            transaction.place(name, indexes[0])
        admitted = apply_all(transaction, case, on.Admitted(), now=now) or case
        known = [other for other in map(transaction.case, others) if other is not None and other.state not in ENDS]
        standing = {request.id: request for request in (*known, admitted)}
        for union in unions(list(standing.values()), proof=proves if may_prove else _nothing_is_proven):
            self._unite(transaction, union, standing)

    def _unite(self, transaction: Transaction, union: Union, standing: dict[CaseId, Case]) -> None:
        """Make two requests one. `standing` holds each as it is by now: one may be united with several."""
        kept, ended, now = standing[union.kept.id], standing[union.ended.id], self._clock()
        if apply_all(transaction, ended, on.Replaced(), now=now) is None:
            return
        joined: on.Event = as_a_part(ended)
        if union.is_proven:
            secrets = (ended.secret, *ended.older_secrets)
            hours = window_in_danger(kept, {**ended.answers, **kept.answers}, self._calendar, now=now)
            joined = on.TakenOver(ended.waiting_since, secrets, ended.answers, ended.records, hours)
        standing[kept.id] = apply_all(transaction, kept, joined, now=now) or kept
        transaction.make_heir(kept.id, of=ended.id)

    def _indexes(
        self, sealed: Sealed | None, purpose: str, subject: str, *, named_for: str = CALLER_INDEX
    ) -> tuple[Index, ...]:
        """The names of a phone, today's first; none if its number is not there or cannot be opened."""
        number = None if sealed is None else self._opened(sealed, purpose, subject)
        return () if number is None else self._opener.indexes(number, purpose=named_for)

    def _opened(self, sealed: Sealed, purpose: str, subject: str) -> PhoneNumber | None:
        try:
            return self._opener.open(sealed, purpose=purpose, subject=subject)
        except CannotOpen:
            return None

    def withdraw(self, name: str) -> None:
        """Cancel the open requests of a phone that have this secret number; three wrong tries a day."""
        wish = self._store.withdrawal(name)
        indexes = () if wish is None else self._indexes(wish.sealed, WITHDRAWAL_NUMBER, name)
        for waiting in self._store.moving_cases(MOVING_LOOKED_AT):
            self._admit_if_new(waiting)  # one whose own job was lost is in no index yet, and must be found all the same
        if wish is not None and indexes:
            self._withdraw_from(indexes, wish, name=name)
        self._store.wish_fulfilled(JobName.WITHDRAW, name)

    def _admit_if_new(self, name: CaseId) -> None:
        case = self._store.case(name)
        if case is not None and case.state is State.REQUESTED:
            self.admit(name)

    def _withdraw_from(self, indexes: Sequence[Index], wish: Withdrawal, *, name: str) -> None:
        trusted = wish.was_right or wish.secret == EVERYTHING
        if not trusted and self._store.wrong_tries(indexes) >= TRIES_A_DAY:
            return  # somebody is guessing: whoever knows the number can try again tomorrow
        cases = [case for case in map(self._store.case, self._store.cases_of_phone(indexes)) if case is not None]
        meant = [case for case in cases if case.last_asked_at <= wish.asked_at]  # a wish may be carried out late
        hers = [case.id for case in meant if wish.secret == EVERYTHING or case.opens_to(wish.secret)]
        if hers:
            self._store.wish_was_right(name)
        elif meant and not trusted:  # with nothing open there is nothing to guess at
            self._store.wrong_try(indexes[0], name)
        for case in hers:
            self._withdraw(case, wish.asked_at)

    def _withdraw(self, name: CaseId, asked_at: datetime) -> None:
        def work(transaction: Transaction) -> None:
            case = transaction.case(name)
            if case is not None and case.last_asked_at <= asked_at:  # she may ask anew while this is carried out
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
            taken = taken_by_hand(known, on=on, now=now, zone=self._calendar.zone)
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
        """Leave nothing of a case that is over; the append-only file is written anew soon after, once for many."""
        case = self._store.case(name)
        if case is not None and case.state not in ENDS:
            return
        self._store.erase(name, now=self._clock())

    def compact(self) -> None:
        """Leave nothing of what was erased in the append-only file either."""
        self._store.compact()

    def renew_numbers(self, most: int) -> bool:
        """Seal numbers with today's key, and place their cases under today's names, so that yesterday's key can go.

        At most so many at once; whether that was all. Numbers whose key is gone are left: nobody can call them.
        """
        renewed = 0
        for name in self._store.numbers_of_other_days(self._opener.epoch()):
            if renewed == most:
                return False
            renewed += self._renew(name)
        return True

    def _renew(self, name: CaseId) -> bool:
        sealed = self._store.sealed_number(name)
        indexes = self._indexes(sealed, CASE_NUMBER, name)
        if sealed is None or not indexes:
            return False
        fresh = self._opener.reseal(sealed, purpose=CASE_NUMBER, subject=name)
        return self._store.transact(partial(_renew, name=name, sealed=fresh, index=indexes[0]))


def _renew(transaction: Transaction, *, name: CaseId, sealed: Sealed | None, index: Index) -> bool:
    if transaction.case(name) is None:
        return False
    if sealed is not None:
        transaction.seal_anew(name, sealed)
    if transaction.is_placed(name):
        transaction.place(name, index)
    return True


def _nothing_is_proven(later: Case, earlier: Case) -> bool:
    return False
