"""Who is asked for which case. The worker runs this; it knows ids and the matching rules, and no key."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from gateway.core import events as on
from gateway.core.case import Case, State
from gateway.core.identity import CaseId, ResponderId
from gateway.core.moves import move
from gateway.core.roster import WomanOnShift, available, least_recently_asked
from gateway.core.triage import Urgency
from gateway.core.windows import LAST_MOMENT, Calendar
from gateway.ports import Store, Transaction
from gateway.services.casework import apply_all
from gateway.services.chance import Chance
from gateway.services.timing import open_window

CASES_LOOKED_AT = 50  # the head of the queue; whoever stands behind it waits for the next bell
WOMEN_LOOKED_AT = 200
MOST_AT_ONCE = 3
ANSWERING_TAKES = timedelta(seconds=45)  # to hear an offer twice and press a key


class Dispatcher:
    """Asks women on shift for waiting cases, until there is nobody or nothing left."""

    def __init__(
        self,
        store: Store,
        *,
        chance: Chance,
        calendar: Calendar,
        clock: Callable[[], datetime],
        ring_for: timedelta,
    ) -> None:
        self._store = store
        self._chance = chance
        self._calendar = calendar
        self._clock = clock
        self._ring_for = ring_for

    def dispatch(self) -> int:
        """Offer what can be offered now; the number of offers made."""
        made = 0
        for case in self._store.ready_cases(CASES_LOOKED_AT):
            women = self._free()
            if not women:
                break
            made += self._offer(case, women)
        return made

    def _free(self) -> list[WomanOnShift]:
        now = self._clock()
        found = (available(responder, now=now) for responder in self._store.free_responders(WOMEN_LOOKED_AT))
        return [woman for woman in found if woman is not None]

    def _offer(self, case: CaseId, women: list[WomanOnShift]) -> int:
        made = 0
        once = partial(self._offer_once, name=case, women=women)
        while made < MOST_AT_ONCE and self._store.transact(once):
            made += 1
        return made

    def _offer_once(self, transaction: Transaction, *, name: CaseId, women: list[WomanOnShift]) -> bool:
        """Offer a case to one woman; False if it does not need one, or if none of these can take it."""
        now, case = self._clock(), transaction.case(name)
        if case is None or not self._wants_one_more(case):
            return False
        if not case.on_the_line and not self._in_time(transaction, case, now):
            return False
        woman = self._choose(transaction, case, women, now)
        if woman is None:
            return False
        expires_at = now + self._ring_for + ANSWERING_TAKES
        offered = on.Offered(self._chance.token(), woman.responder.id, expires_at)
        transaction.apply(move(case, offered, now=now))
        return True

    @staticmethod
    def _wants_one_more(case: Case) -> bool:
        if case.state is State.WAITING:
            return True
        urgent = case.state is State.OFFERED and case.on_the_line and case.urgency is Urgency.P0
        return urgent and len(case.offers) < MOST_AT_ONCE

    def _in_time(self, transaction: Transaction, case: Case, now: datetime) -> bool:
        """Whether her window is open for long enough; a case whose window has closed is moved to the next one."""
        if case.due_at <= now < case.closes_at - LAST_MOMENT:
            return True
        window = open_window(case, self._calendar, now=max(now, case.due_at))
        apply_all(transaction, case, on.Rescheduled(window.opens_at, window.closes_at), now=now)
        return False

    @staticmethod
    def _choose(transaction: Transaction, case: Case, women: list[WomanOnShift], now: datetime) -> WomanOnShift | None:
        asked: set[ResponderId] = {offer.responder for offer in case.offers}
        order = least_recently_asked(women, language=case.language, skills=frozenset(), declined=case.declined | asked)
        for woman in order:
            responder = transaction.responder(woman.responder.id)
            fresh = None if responder is None else available(responder, now=now)
            if fresh is not None:
                return fresh
        return None
