"""Rules for a caller who waits on the line."""

from dataclasses import replace
from datetime import datetime, timedelta

from gateway.core import consequences as then
from gateway.core import events as on
from gateway.core.case import Case, State
from gateway.core.consequences import Moved
from gateway.core.errors import ForbiddenMove
from gateway.core.rules.pieces import bridged, end, released, ringing_called_off, wrapping_up

ASKING = frozenset({State.REQUESTED, State.WAITING, State.OFFERED})
RECONNECT_WITHIN = timedelta(seconds=20)


def line_joined(case: Case, event: on.LineJoined, now: datetime) -> Moved:
    if not case.on_the_line:
        raise ForbiddenMove("nobody waits on the line; nothing was changed")
    return bridged(replace(case, in_room=True), now)


def line_left(case: Case, event: on.LineLeft, now: datetime) -> Moved:
    gone = replace(case, line=None, in_room=False)
    if case.state not in ASKING | {State.ACCEPTED}:
        return Moved(gone)
    if not case.may_ring or (case.attempts_left <= 0 and not case.bridges):
        return end(gone, State.CLOSED, now, *released(case))
    if case.state is State.ACCEPTED:
        return Moved(gone, (then.DialWanted(),))
    return Moved(gone, (then.AdmitWanted(),))  # with nobody on the line it may be part of an earlier request


def call_ended(case: Case, event: on.CallEnded, now: datetime) -> Moved:
    over = replace(case, own_call=None)
    if case.on_the_line:
        return line_left(over, on.LineLeft(), now)
    return Moved(over, (then.DialWanted(),) if case.state is State.ACCEPTED else ())


def line_held(case: Case, event: on.LineHeld, now: datetime) -> Moved:
    held = replace(case, own_call=event.call, line=event.call, in_room=False)
    if case.state in {State.BRIDGED, State.WRAP_UP}:
        return Moved(wrapping_up(held, now, lasts=RECONNECT_WITHIN))
    return Moved(held, (then.DispatchWanted(),))


def ringing_forbidden(case: Case, event: on.RingingForbidden, now: datetime) -> Moved:
    silent = replace(case, may_ring=False)
    if case.on_the_line or case.state in {State.BRIDGED, State.WRAP_UP}:
        return Moved(silent, (then.NumberForgotten(),))
    return end(silent, State.CANCELLED, now, *ringing_called_off(case), *released(case))
