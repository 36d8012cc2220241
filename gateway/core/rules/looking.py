"""Rules of the sweep: what may have been lost is asked for again, what is out of time ends."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from gateway.core import consequences as then
from gateway.core import events as on
from gateway.core.case import ENDS, Case, Placing, State
from gateway.core.consequences import Moved
from gateway.core.rules.asking import offer_missed
from gateway.core.rules.pieces import (
    DIAL_AGAIN_AFTER,
    ERASE_AGAIN_AFTER,
    GATE_LASTS,
    back_to_waiting,
    unanswered,
    unheld,
)
from gateway.core.rules.talking import bridge_ended

ADMIT_AGAIN_AFTER = timedelta(seconds=5)


def looked(case: Case, event: on.Looked, now: datetime) -> Moved:
    if case.state in ENDS:
        return Moved(replace(case, look_again_at=now + ERASE_AGAIN_AFTER), (then.EraseWanted(),))
    if now < case.look_again_at:
        return Moved(case)
    return LOOKS[case.state](case, event, now)


def look_requested(case: Case, event: on.Looked, now: datetime) -> Moved:
    return Moved(replace(case, look_again_at=now + ADMIT_AGAIN_AFTER), (then.AdmitWanted(),))


def look_waiting(case: Case, event: on.Looked, now: datetime) -> Moved:
    return Moved(case, (then.DispatchWanted(),))


def look_offered(case: Case, event: on.Looked, now: datetime) -> Moved:
    moved = Moved(case)
    for offer in case.offers:
        if offer.expires_at <= now:
            missed = offer_missed(moved.case, on.OfferMissed(offer.token), now)
            moved = Moved(missed.case, (*moved.consequences, *missed.consequences))
    return moved


def look_accepted(case: Case, event: on.Looked, now: datetime) -> Moved:
    later = replace(case, look_again_at=now + DIAL_AGAIN_AFTER)
    return Moved(later) if case.on_the_line else Moved(later, (then.DialWanted(),))


def look_ringing(case: Case, event: on.Looked, now: datetime) -> Moved:
    assert case.attempt is not None  # a case rings only by an attempt
    if case.attempt.placing is Placing.PLACED:
        return Moved(replace(case, look_again_at=now + GATE_LASTS), (then.CheckWanted(case.attempt.token),))
    return unanswered(case, event.due_at, event.closes_at, now)


def look_bridged(case: Case, event: on.Looked, now: datetime) -> Moved:
    return bridge_ended(case, on.BridgeEnded(), now)


def look_wrap_up(case: Case, event: on.Looked, now: datetime) -> Moved:
    if case.on_the_line:
        return back_to_waiting(case, case.due_at, case.closes_at)
    return unheld(case, event.due_at, event.closes_at, now, missed=False)


LOOKS: Mapping[State, Callable[[Case, on.Looked, datetime], Moved]] = MappingProxyType(
    {
        State.REQUESTED: look_requested,
        State.WAITING: look_waiting,
        State.OFFERED: look_offered,
        State.ACCEPTED: look_accepted,
        State.DIALLING: look_ringing,
        State.GATE: look_ringing,
        State.BRIDGED: look_bridged,
        State.WRAP_UP: look_wrap_up,
    }
)
