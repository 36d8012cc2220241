"""Rules for two who talk, and for what comes after."""

from dataclasses import replace
from datetime import datetime, timedelta

from gateway.core import consequences as then
from gateway.core import events as on
from gateway.core.case import Case, State
from gateway.core.consequences import Moved
from gateway.core.errors import ForbiddenMove
from gateway.core.identity import ResponderId
from gateway.core.rules.pieces import (
    JOIN_WITHIN,
    attempts,
    back_to_waiting,
    end,
    is_a_talk,
    released,
    ringing_called_off,
    unheld,
    wrapping_up,
)

MOST_BRIDGES = 4
BY_HER_PHONE = timedelta(minutes=10)  # after a cut she expects us; later it may be anybody, at any hour
BACK_WITHIN = timedelta(seconds=3)  # when the room ends her call comes back by itself; she may hear music still


def bridge_ended(case: Case, event: on.BridgeEnded, now: datetime) -> Moved:
    talked = case.bridged_at is None or is_a_talk(case.bridged_at, now)
    over = replace(
        case,
        attempt=None,
        bridged_at=case.bridged_at if talked else None,  # how long they talked, not when she hangs up
        talked=case.talked or talked,
    )
    wrapping = wrapping_up(over, now)
    return Moved(replace(wrapping, look_again_at=now + BACK_WITHIN) if case.desk_in_room else wrapping)


def holder_returned(case: Case, event: on.HolderReturned, now: datetime) -> Moved:
    return Moved(replace(case, desk_in_room=False))


def bridge_wanted(case: Case, event: on.BridgeWanted, now: datetime) -> Moved:
    if case.bridges >= MOST_BRIDGES or not (case.may_ring or case.on_the_line):
        raise ForbiddenMove("she cannot be connected again; nothing was changed")
    again = replace(
        case, state=State.ACCEPTED, room=event.room, desk_in_room=True, bridges=case.bridges + 1, ends_at=None,
        look_again_at=now + JOIN_WITHIN, again_until=now + BY_HER_PHONE,
    )  # fmt: skip
    return Moved(again, () if case.on_the_line else (then.DialWanted(),))


def holder_lost(case: Case, event: on.HolderLost, now: datetime) -> Moved:
    return unheld(case, event.due_at, event.closes_at, now, missed=case.state is State.ACCEPTED)


def finished(case: Case, event: on.Finished, now: datetime) -> Moved:
    return end(case, State.CLOSED, now)


def call_again(case: Case, event: on.CallAgainAgreed, now: datetime) -> Moved:
    if not case.may_ring:
        raise ForbiddenMove("this phone must not be rung; nothing was changed")
    afresh = replace(  # "now" is the hour they agreed on it; her place in the queue is kept
        case,
        safe_time=event.safe_time,
        requested_at=now,
        first_requested_at=case.waiting_since,
        said_again_at=case.last_asked_at,
        attempts_left=attempts(case),
        line=None,
        in_room=False,
        desk=None,
    )
    return back_to_waiting(afresh, event.due_at, event.closes_at)


def passed_on(case: Case, event: on.PassedOn, now: datetime) -> Moved:
    """After a real talk they have agreed on a colleague, though no attempt is left. After a cut nobody asked her."""
    if not (case.may_ring or case.on_the_line):
        raise ForbiddenMove("this phone must not be rung; nothing was changed")
    left = max(case.attempts_left, 1) if case.talked else case.attempts_left
    if left <= 0 and not case.on_the_line:
        raise ForbiddenMove("this phone was rung as often as its owner was told; nothing was changed")
    hidden = case.declined | ({case.holder} if case.holder else frozenset[ResponderId]())
    afresh = replace(case, declined=hidden, attempts_left=left, desk=None)
    return back_to_waiting(afresh, event.due_at, event.closes_at)


def withdrawn(case: Case, event: on.Withdrawn, now: datetime) -> Moved:
    """Two women who talk are not cut, and whoever talks is rung for nobody else: until then only the number goes."""
    if case.state is State.BRIDGED:
        return _without_number(case)
    return end(case, State.CANCELLED, now, *ringing_called_off(case), *released(case))


def expired(case: Case, event: on.Expired, now: datetime) -> Moved:
    if case.state in {State.BRIDGED, State.WRAP_UP}:  # never cut two women who are talking
        return _without_number(case)
    return end(case, State.UNREACHED, now, *ringing_called_off(case), *released(case))


def _without_number(case: Case) -> Moved:
    return Moved(replace(case, may_ring=False), (then.NumberForgotten(),))
