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
    back_to_waiting,
    unanswered,
    unheld,
    with_offer,
)
from gateway.core.rules.talking import bridge_ended

ADMIT_AGAIN_AFTER = timedelta(seconds=5)
ASK_AGAIN_AFTER = timedelta(seconds=20)
RUNG_AND_ANSWERED_WITHIN = timedelta(seconds=70)
LONGEST_DOUBT = timedelta(minutes=5)  # a provider that cannot be asked for so long must not hold a case for ever


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
    """An offer that is out of time was missed; but one whose phone was not rung at all is rung for again.

    That is no fault of hers, and another woman would be rung no sooner: the bell was lost, or nobody answers bells.
    """
    moved = _not_rung_yet(case, now)
    for offer in moved.case.offers:
        if offer.expires_at <= now:
            missed = offer_missed(moved.case, on.OfferMissed(offer.token), now)
            moved = Moved(missed.case, (*moved.consequences, *missed.consequences))
    return moved


def _not_rung_yet(case: Case, now: datetime) -> Moved:
    late = [offer for offer in case.offers if offer.placing is Placing.WANTED and offer.expires_at <= now]
    for offer in late:
        case = with_offer(case, replace(offer, expires_at=now + RUNG_AND_ANSWERED_WITHIN))
    looked_at = min((offer.expires_at for offer in case.offers), default=case.look_again_at)
    return Moved(replace(case, look_again_at=looked_at), tuple(then.RingWanted(offer.token) for offer in late))


def look_accepted(case: Case, event: on.Looked, now: datetime) -> Moved:
    later = replace(case, look_again_at=now + DIAL_AGAIN_AFTER)
    return Moved(later) if case.on_the_line else Moved(later, (then.DialWanted(),))


def look_ringing(case: Case, event: on.Looked, now: datetime) -> Moved:
    """Ask the provider what became of it. One that was never asked for, or that nobody knows of any more, has ended."""
    attempt = case.attempt
    given_up = attempt is None or now >= attempt.over_at + LONGEST_DOUBT
    if attempt is None or attempt.placing is Placing.INTENDED or given_up:
        return unanswered(case, event.due_at, event.closes_at, now)
    return Moved(replace(case, look_again_at=now + ASK_AGAIN_AFTER), (then.CheckWanted(attempt.token),))


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
