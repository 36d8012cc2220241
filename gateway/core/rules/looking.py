"""Rules of the sweep: what may have been lost is asked for again, what is out of time ends.

What puts each consequence right when its job is lost (docs/lost-jobs.md has it for people):

AdmitWanted            the case stays `requested`, and is looked at again every five seconds
DispatchWanted         while a case is ready and a woman is free the sweep rings, whatever became of the bell
RingWanted             the offer stays `wanted`, and is looked at again after five seconds
DialWanted             the case stays `accepted`, and is looked at again after five seconds
CheckWanted            whoever asked for it has put the next look ten seconds on, or a minute
ReleaseWanted          `OWED` in gateway/jobs.py: rung for again every ten seconds until the dialler has done it,
CallerReleaseWanted      since the case went on without that call and may be erased by then
HangUpWanted, CallOffWanted
EraseWanted            a case that is over is looked at every ten seconds until nothing of it is left
Occupied, Freed,       no jobs: written in the same transaction as the case
NumberForgotten, Counted
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from gateway.core import consequences as then
from gateway.core import events as on
from gateway.core.case import ENDS, Case, Offer, Placing, State
from gateway.core.consequences import Moved
from gateway.core.rules.asking import offer_missed
from gateway.core.rules.pieces import (
    A_REAL_TALK,
    CALLS_CHECKED_AFTER,
    DIAL_AGAIN_AFTER,
    ERASE_AGAIN_AFTER,
    TALK_CHECKED_AFTER,
    back_to_waiting,
    released,
    ringing_called_off,
    unanswered,
    unheld,
    with_offers,
)
from gateway.core.rules.talking import bridge_ended

ADMIT_AGAIN_AFTER = timedelta(seconds=5)
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
    moved = Moved(with_offers(case, tuple(_in_time(offer, now) for offer in case.offers), now))
    for offer in moved.case.offers:
        if offer.expires_at <= now:
            missed = offer_missed(moved.case, on.OfferMissed(offer.token), now)
            moved = Moved(missed.case, (*moved.consequences, *missed.consequences))
    if moved.case.state is not State.OFFERED:
        return moved
    rings = (then.RingWanted(offer.token) for offer in moved.case.offers if offer.placing is Placing.WANTED)
    return Moved(moved.case, (*moved.consequences, *rings))


def _in_time(offer: Offer, now: datetime) -> Offer:
    waits = offer.placing is Placing.WANTED and offer.expires_at <= now
    return replace(offer, expires_at=now + RUNG_AND_ANSWERED_WITHIN) if waits else offer


def look_accepted(case: Case, event: on.Looked, now: datetime) -> Moved:
    dial = () if case.on_the_line else (then.DialWanted(),)
    return Moved(replace(case, look_again_at=now + DIAL_AGAIN_AFTER), (then.CheckWanted(), *dial))


def look_ringing(case: Case, event: on.Looked, now: datetime) -> Moved:
    """Ask the provider what became of it. One that the provider cannot be asked about for long has ended."""
    if case.attempt is None or now >= case.attempt.over_at + LONGEST_DOUBT:
        ended = unanswered(case, event.due_at, event.closes_at, now)
        return Moved(ended.case, (*ringing_called_off(case), *ended.consequences))
    return _checked(case, now, CALLS_CHECKED_AFTER)


def look_bridged(case: Case, event: on.Looked, now: datetime) -> Moved:
    if case.ends_at is None or now >= case.ends_at:
        return bridge_ended(case, on.BridgeEnded(), now)
    just_begun = case.bridged_at is not None and now - case.bridged_at < A_REAL_TALK
    return _checked(case, now, CALLS_CHECKED_AFTER if just_begun else TALK_CHECKED_AFTER)


def _checked(case: Case, now: datetime, again_after: timedelta) -> Moved:
    ends_at = case.ends_at or now + again_after
    return Moved(replace(case, look_again_at=min(now + again_after, ends_at)), (then.CheckWanted(),))


def look_wrap_up(case: Case, event: on.Looked, now: datetime) -> Moved:
    if case.ends_at is not None and now < case.ends_at:
        checked = _checked(case, now, TALK_CHECKED_AFTER)
        return Moved(checked.case, (*checked.consequences, *(released(case) if case.desk_in_room else ())))
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
