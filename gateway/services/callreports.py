"""What the provider reports of calls: they come late, twice, out of order or never. Only an end means anything here."""

from collections.abc import Callable
from datetime import datetime

from gateway.core import events as on
from gateway.core.case import Case, State
from gateway.core.identity import CallId, CaseId, Token
from gateway.core.windows import Calendar
from gateway.ports import Store, Transaction
from gateway.services.casework import apply_all, standing
from gateway.services.timing import window_after_attempt, window_without_holder


class CallReports:
    """The ends of the three kinds of calls: a responder's, a call back, a caller's own."""

    def __init__(self, store: Store, *, calendar: Calendar, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._calendar = calendar
        self._clock = clock

    def offer_ended(self, token: Token, call: CallId) -> None:
        """A responder's call is over: unanswered, or hung up while the offer was open or the case was hers."""
        self._store.transact(lambda transaction: self._offer_ended(transaction, token, call))

    def _offer_ended(self, transaction: Transaction, token: Token, call: CallId) -> None:
        case = self._case(transaction, token, call)
        offer = None if case is None else case.offer(token)
        if case is None or (offer is not None and offer.call not in {None, call}):
            return
        if offer is not None:
            apply_all(transaction, case, on.OfferMissed(token), now=self._clock())
        else:
            self._desk_ended(transaction, case, call)

    def desk_ended(self, name: CaseId, call: CallId) -> None:
        """The holder's call is over."""

        def work(transaction: Transaction) -> None:
            case = transaction.case(name)
            if case is not None:
                self._desk_ended(transaction, case, call)

        self._store.transact(work)

    def _desk_ended(self, transaction: Transaction, case: Case, call: CallId) -> None:
        if case.desk == call and case.holder is not None:
            now = self._clock()
            window = window_without_holder(case, self._calendar, now=now)
            apply_all(transaction, case, on.HolderLost(window.opens_at, window.closes_at), now=now)

    def attempt_ended(self, token: Token, call: CallId) -> None:
        """A call back is over: nobody answered, or she or the gate hung up, or the talk is done."""
        self._store.transact(lambda transaction: self._attempt_ended(transaction, token, call))

    def _attempt_ended(self, transaction: Transaction, token: Token, call: CallId) -> None:
        case = self._case(transaction, token, call)
        if case is not None and case.attempt is not None and case.attempt.call in {None, call}:
            self._attempt_over(transaction, case, token)

    def attempt_over(self, name: CaseId, token: Token) -> None:
        """The same for whoever knows the case; perhaps no call ever came of the attempt."""

        def work(transaction: Transaction) -> None:
            case = transaction.case(name)
            if case is not None:
                self._attempt_over(transaction, case, token)

        self._store.transact(work)

    def _attempt_over(self, transaction: Transaction, case: Case, token: Token) -> None:
        now = self._clock()
        if case.state is State.BRIDGED and case.attempt is not None and case.attempt.token == token:
            apply_all(transaction, case, on.BridgeEnded(), now=now)
            return
        window = window_after_attempt(case, self._calendar, now=now)
        apply_all(transaction, case, on.AttemptEnded(token, window.opens_at, window.closes_at), now=now)

    def line_ended(self, call: CallId) -> None:
        """A caller's own call is over. It is noted: where nothing worked when it came, nobody has done so yet."""

        def work(transaction: Transaction) -> None:
            transaction.note_record(call)
            turn = transaction.turn(call, 0)
            name = turn.session.slots.get("case") if turn is not None else None
            case = None if name is None else standing(transaction, CaseId(name))
            if case is not None:
                self._own_call_ended(transaction, case, call)

        self._store.transact(work)

    def own_call_ended(self, name: CaseId, call: CallId) -> None:
        """The same for whoever knows the case."""

        def work(transaction: Transaction) -> None:
            case = standing(transaction, name)
            if case is not None:
                self._own_call_ended(transaction, case, call)

        self._store.transact(work)

    def _own_call_ended(self, transaction: Transaction, case: Case, call: CallId) -> None:
        if call not in {case.own_call, case.line}:
            return
        talked = case.state is State.BRIDGED and case.on_the_line
        events = (on.BridgeEnded(), on.CallEnded()) if talked else (on.CallEnded(),)
        apply_all(transaction, case, *events, now=self._clock())

    @staticmethod
    def _case(transaction: Transaction, token: Token, call: CallId) -> Case | None:
        """The case of a token of ours. Its call is noted: one whose creation timed out is known by its end only, and
        that may come when the case is erased and its token with it.
        """
        transaction.note_record(call)
        name = transaction.case_of(token)
        return None if name is None else transaction.case(name)
