"""Who is asked for which case. The worker runs this; it knows ids and the matching rules, and no key."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from heapq import merge

from gateway.core import events as on
from gateway.core.case import Case
from gateway.core.consequences import Moved
from gateway.core.identity import CaseId, ResponderId
from gateway.core.lanes import Lane, Place, lane_of, wants_an_offer
from gateway.core.matching import Team, fits
from gateway.core.moves import move
from gateway.core.roster import Reach, Responder, WomanOnShift, available, seen_at
from gateway.core.triage import skills_needed, waiting_since
from gateway.core.windows import LAST_MOMENT, Calendar
from gateway.ports import Store, Transaction
from gateway.services.casework import apply_all
from gateway.services.chance import Chance
from gateway.services.timing import open_window

PAGE = 100  # cases of a lane that are read at once
ANSWERING_TAKES = timedelta(seconds=45)  # to hear an offer twice and press a key
ANSWERING_A_TEXT_TAKES = timedelta(minutes=3)
ANSWERING_AT_ONCE_TAKES = timedelta(seconds=75)  # while somebody in danger holds the line


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
        """Offer what can be offered now; the number of offers made.

        Every offer goes to the most urgent case at that moment: after each one the lanes are looked at anew.
        """
        made, passed = 0, set[CaseId]()
        team = self._team()
        while (found := self._first(team, passed)) is not None:
            lane, place = found
            woman = self._store.transact(partial(self._offer, lane=lane, place=place, team=team))
            if woman is None:
                passed.add(place.case)
            else:
                made, team = made + 1, team.without(woman)
        return made

    def _team(self) -> Team:
        now = self._clock()
        return Team.of((self._seen(responder) for responder in self._store.responders()), now=now)

    def _seen(self, responder: Responder) -> Responder:
        """The responder as her plan has her now: a sweep that comes late must not have a woman rung off shift."""
        return seen_at(responder, now=self._clock(), zone=self._calendar.zone)

    # --- which case ---

    def _first(self, team: Team, passed: set[CaseId]) -> tuple[Lane, Place] | None:
        """The most urgent case that somebody free may take, but for those that were `passed` over in this run."""
        walks = (self._walk(lane, team, passed) for lane in self._store.lanes())
        return next(merge(*walks, key=lambda found: (found[0].turn, found[1].rank)), None)

    def _walk(self, lane: Lane, team: Team, passed: set[CaseId]) -> Iterator[tuple[Lane, Place]]:
        """The cases of a lane in order, as far as they have waited long enough for somebody who is free.

        What it passes are cases that every free woman of this lane has declined. They are never more than one woman
        declines, however many wait.
        """
        must_have_waited, now, start = team.must_have_waited(lane), self._clock(), 0
        while must_have_waited is not None and (page := self._store.places(lane, start=start, limit=PAGE)):
            for place in page:
                if must_have_waited and now - waiting_since(lane.urgency, place.rank) < must_have_waited:
                    return
                if place.case not in passed:
                    yield lane, place
            start += len(page)

    # --- to whom ---

    def _offer(self, transaction: Transaction, *, lane: Lane, place: Place, team: Team) -> ResponderId | None:
        """Offer a case to one woman, and say to whom; None if it does not need one, or if none of these can take it."""
        now, case = self._clock(), transaction.case(place.case)
        if case is None or not wants_an_offer(case) or lane_of(case) != lane:
            self._put_right(transaction, lane, place.case, case)
            return None
        if not case.on_the_line and not self._in_time(transaction, case, now):
            return None
        woman = self._choose(transaction, case, team, now)
        if woman is None:
            return None
        by = woman.responder.by
        expires_at = now + self._time_to_answer(case, by)
        offered = on.Offered(self._chance.token(), woman.responder.id, expires_at, by)
        transaction.apply(move(case, offered, now=now))
        return woman.responder.id

    def _time_to_answer(self, case: Case, by: Reach) -> timedelta:
        if by is Reach.CALL:
            return self._ring_for + ANSWERING_TAKES
        return ANSWERING_AT_ONCE_TAKES if case.on_the_line else ANSWERING_A_TEXT_TAKES

    @staticmethod
    def _put_right(transaction: Transaction, lane: Lane, name: CaseId, case: Case | None) -> None:
        """Take a case that is gone, or has moved on, out of a lane; if it waits in another, that is where it stands."""
        transaction.leave_lane(lane, name)
        if case is not None:
            transaction.apply(Moved(case))

    def _in_time(self, transaction: Transaction, case: Case, now: datetime) -> bool:
        """Whether her window is open for long enough; a case whose window has closed is moved to the next one."""
        if case.due_at <= now < case.closes_at - LAST_MOMENT:
            return True
        window = open_window(case, self._calendar, now=max(now, case.due_at))
        apply_all(transaction, case, on.Rescheduled(window.opens_at, window.closes_at), now=now)
        return False

    def _choose(self, transaction: Transaction, case: Case, team: Team, now: datetime) -> WomanOnShift | None:
        lane = lane_of(case)
        order = team.who_may_take(
            lane,
            waited=now - case.waiting_since,
            needs=skills_needed(case.answers),
            not_these=case.declined | {offer.responder for offer in case.offers},
        )
        for woman in order:
            responder = transaction.responder(woman.responder.id)
            fresh = None if responder is None else available(self._seen(responder), now=now)
            if fresh is not None and fits(fresh.responder, lane):
                return fresh
        return None
