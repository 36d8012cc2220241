"""What the provider reports of calls: they come late, twice, out of order or never. Only an end means anything here."""

from collections.abc import Callable
from datetime import datetime

from gateway.core import events as on
from gateway.core.case import Case, State
from gateway.core.identity import CallId, CaseId, Token
from gateway.core.windows import Calendar, Window
from gateway.ports import Store, Transaction
from gateway.services.casework import apply_all
from gateway.services.timing import open_window, window_after_attempt


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
        now, case = self._clock(), self._case(transaction, token, call)
        if case is None:
            return
        if case.offer(token) is not None:
            apply_all(transaction, case, on.OfferMissed(token), now=now)
        elif case.desk == call and case.holder is not None:
            window = self._window_without_holder(case, now)
            apply_all(transaction, case, on.HolderLost(window.opens_at, window.closes_at), now=now)

    def _window_without_holder(self, case: Case, now: datetime) -> Window:
        if case.on_the_line:
            return open_window(case, self._calendar, now=now)
        return window_after_attempt(case, self._calendar, now=now)

    def attempt_ended(self, token: Token, call: CallId) -> None:
        """A call back is over: nobody answered, or she or the gate hung up, or the talk is done."""
        self._store.transact(lambda transaction: self._attempt_ended(transaction, token, call))

    def _attempt_ended(self, transaction: Transaction, token: Token, call: CallId) -> None:
        now, case = self._clock(), self._case(transaction, token, call)
        if case is None or case.attempt is None or case.attempt.token != token:
            return
        window = window_after_attempt(case, self._calendar, now=now)
        ended = on.AttemptEnded(token, window.opens_at, window.closes_at)
        apply_all(transaction, case, on.BridgeEnded() if case.state is State.BRIDGED else ended, now=now)

    def line_ended(self, session: str) -> None:
        """A caller's own call is over."""
        self._store.transact(lambda transaction: self._line_ended(transaction, session))

    def _line_ended(self, transaction: Transaction, session: str) -> None:
        turn = transaction.turn(session, 0)
        name = turn.session.slots.get("case") if turn is not None else None
        case = transaction.case(CaseId(name)) if name is not None else None
        if case is None or not case.on_the_line:
            return
        events = (on.BridgeEnded(), on.LineLeft()) if case.state is State.BRIDGED else (on.LineLeft(),)
        apply_all(transaction, case, *events, now=self._clock())

    @staticmethod
    def _case(transaction: Transaction, token: Token, call: CallId) -> Case | None:
        """The case of a token of ours. Its call is noted: one whose creation timed out is known by its end only, and
        that may come when the case is erased and its token with it.
        """
        transaction.note_record(call)
        name = transaction.case_of(token)
        return None if name is None else transaction.case(name)
