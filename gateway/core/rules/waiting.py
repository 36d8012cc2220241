"""Rules for a caller who waits on the line."""

from dataclasses import replace
from datetime import datetime, timedelta

from gateway.core import consequences as then
from gateway.core import events as on
from gateway.core.case import Case, State
from gateway.core.consequences import Moved
from gateway.core.errors import ForbiddenMove
from gateway.core.rules.pieces import bridged, end, released

ASKING = frozenset({State.REQUESTED, State.WAITING, State.OFFERED})
RECONNECT_WITHIN = timedelta(seconds=20)


def line_joined(case: Case, event: on.LineJoined, now: datetime) -> Moved:
    if not case.on_the_line:
        raise ForbiddenMove("nobody waits on the line; nothing was changed")
    return bridged(case, now)


def line_left(case: Case, event: on.LineLeft, now: datetime) -> Moved:
    gone = replace(case, line=None)
    if case.state not in ASKING | {State.ACCEPTED}:
        return Moved(gone)
    if not case.may_ring:
        return end(gone, State.CLOSED, now, *released(case))
    if case.state is State.ACCEPTED:
        return Moved(gone, (then.DialWanted(),))
    return Moved(gone, (then.AdmitWanted(),))  # with nobody on the line it may be part of an earlier request


def line_held(case: Case, event: on.LineHeld, now: datetime) -> Moved:
    held = replace(case, line=event.call)
    if case.state in {State.BRIDGED, State.WRAP_UP}:
        return Moved(replace(held, state=State.WRAP_UP, look_again_at=now + RECONNECT_WITHIN))
    return Moved(held, (then.DispatchWanted(),))


def ringing_forbidden(case: Case, event: on.RingingForbidden, now: datetime) -> Moved:
    return Moved(replace(case, may_ring=False), (then.NumberForgotten(),))
