"""Rules while the caller's phone rings, up to the gate."""

from dataclasses import replace
from datetime import datetime

from gateway.core import consequences as then
from gateway.core import events as on
from gateway.core.case import Attempt, Case, Placing, State
from gateway.core.consequences import Moved
from gateway.core.errors import ForbiddenMove
from gateway.core.identity import CallId
from gateway.core.rules.pieces import (
    CALLS_CHECKED_AFTER,
    back_to_waiting,
    bridged,
    not_connected_again,
    same_attempt,
    unanswered,
    with_record,
)


def dial_intended(case: Case, event: on.DialIntended, now: datetime) -> Moved:
    """Whoever intends it has made sure that nothing rings of an earlier attempt."""
    if not case.may_ring or case.on_the_line:
        raise ForbiddenMove("this phone must not be rung; nothing was changed")
    if case.attempts_left <= 0 and not case.bridges:
        raise ForbiddenMove("this phone was rung as often as its owner was told; nothing was changed")
    left = case.attempts_left if case.bridges else case.attempts_left - 1
    attempt = Attempt(token=event.token, started_at=now, over_at=event.over_at)
    dialling = replace(
        case, state=State.DIALLING, attempt=attempt, attempts_left=left, own_call=None, in_doubt_since=None,
        look_again_at=event.over_at,
    )  # fmt: skip
    return Moved(dialling)


def dial_placed(case: Case, event: on.DialPlaced, now: datetime) -> Moved:
    noted = replace(case, records=with_record(case, event.call))
    if case.attempt is not None and case.attempt.token == event.token:
        return Moved(_placed(noted, case.attempt, event.call, now))
    return Moved(noted, () if event.call is None else (then.HangUpWanted(event.call),))


def _placed(case: Case, attempt: Attempt, call: CallId | None, now: datetime) -> Case:
    call = call or attempt.call  # she may have picked up before the provider's answer came
    known = replace(attempt, placing=Placing.UNCERTAIN if call is None else Placing.PLACED, call=call)
    if call is None or case.state is not State.DIALLING:
        return replace(case, attempt=known)
    return replace(case, attempt=known, look_again_at=now + CALLS_CHECKED_AFTER)


def dial_postponed(case: Case, event: on.DialPostponed, now: datetime) -> Moved:
    if case.bridges:
        return not_connected_again(case, now)
    return back_to_waiting(case, event.due_at, event.closes_at)


def dial_failed(case: Case, event: on.DialFailed, now: datetime) -> Moved:
    same_attempt(case, event.token)
    unrung = replace(case, attempt=None)
    if case.bridges:
        return not_connected_again(unrung, now)
    return back_to_waiting(replace(unrung, attempts_left=case.attempts_left + 1), event.due_at, event.closes_at)


def caller_answered(case: Case, event: on.CallerAnswered, now: datetime) -> Moved:
    attempt = same_attempt(case, event.token)
    if attempt.call not in {None, event.call}:
        raise ForbiddenMove("another call of this attempt is at the gate; nothing was changed")
    known = replace(attempt, call=event.call, placing=Placing.PLACED)
    records = with_record(case, event.call)
    return Moved(
        replace(case, state=State.GATE, attempt=known, records=records, look_again_at=now + CALLS_CHECKED_AFTER)
    )


def gate_opened(case: Case, event: on.GateOpened, now: datetime) -> Moved:
    same_attempt(case, event.token)
    return bridged(case, now)


def attempt_ended(case: Case, event: on.AttemptEnded, now: datetime) -> Moved:
    same_attempt(case, event.token)
    return unanswered(case, event.due_at, event.closes_at, now)
