"""Pieces that several rules share: how a case goes back to waiting, how it ends, who is freed."""

from dataclasses import replace
from datetime import datetime, timedelta

from gateway.core import consequences as then
from gateway.core import events as on
from gateway.core.case import Attempt, Case, Offer, Placing, State
from gateway.core.consequences import Moved
from gateway.core.errors import ForbiddenMove
from gateway.core.identity import CallId
from gateway.core.roster import Reach
from gateway.core.triage import Urgency

ATTEMPTS = 3
ATTEMPTS_ON_A_SHARED_PHONE = 2
A_REAL_TALK = timedelta(seconds=60)  # shorter than this, a cut line is a call that did not happen
CLOCKS_DIFFER = timedelta(seconds=5)  # on two machines at most; by more, a clock was set back
REST_AFTER_A_CALL = timedelta(seconds=10)  # she still hears our thanks; her phone would be busy
REST_AFTER_DANGER = timedelta(minutes=15)

# How long each state may last before the sweep looks whether something got lost.
RING_AGAIN_AFTER = timedelta(seconds=5)
DIAL_AGAIN_AFTER = timedelta(seconds=5)
JOIN_WITHIN = timedelta(seconds=10)
CALLS_CHECKED_AFTER = timedelta(seconds=10)  # a call whose end nobody reported is found out by then
TALK_CHECKED_AFTER = timedelta(seconds=60)
TALK_LASTS = timedelta(minutes=50)
WRAP_UP_LASTS = timedelta(minutes=10)
ERASE_AGAIN_AFTER = timedelta(seconds=10)

RINGING = frozenset({State.DIALLING, State.GATE})


def is_a_talk(begun_at: datetime, now: datetime) -> bool:
    """Whether what began then is a real talk, should it end now. Where the clock was set back meanwhile nobody can
    tell: then it is one, for whoever has talked must not be rung again.
    """
    return not -CLOCKS_DIFFER <= now - begun_at < A_REAL_TALK


def bridged(case: Case, now: datetime) -> Moved:
    together = replace(
        case, state=State.BRIDGED, bridged_at=now, bridges=max(case.bridges, 1), again_until=None,
        look_again_at=now + CALLS_CHECKED_AFTER, ends_at=now + TALK_LASTS,
    )  # fmt: skip
    return Moved(together, (then.Counted("bridged"),))


def wrapping_up(case: Case, now: datetime, *, lasts: timedelta = WRAP_UP_LASTS) -> Case:
    return replace(case, state=State.WRAP_UP, ends_at=now + lasts, look_again_at=now + min(lasts, CALLS_CHECKED_AFTER))


def with_offers(case: Case, offers: tuple[Offer, ...], now: datetime) -> Case:
    """A case that these women are asked for. It is looked at soon if one of them may not be rung yet."""
    looks = [offer.expires_at for offer in offers]
    if any(offer.placing is Placing.WANTED for offer in offers):
        looks.append(now + RING_AGAIN_AFTER)
    if case.on_the_line:
        looks.append(now + CALLS_CHECKED_AFTER)
    return replace(case, state=State.OFFERED, offers=offers, look_again_at=min(looks))


def with_offer(case: Case, offer: Offer, now: datetime) -> Case:
    return with_offers(case, tuple(offer if other.token == offer.token else other for other in case.offers), now)


def without_offer(case: Case, offer: Offer, now: datetime, *effects: then.Consequence) -> Moved:
    rest = tuple(other for other in case.offers if other.token != offer.token)
    if not rest:
        return Moved(replace(case, state=State.WAITING, offers=()), (*effects, then.DispatchWanted()))
    return Moved(with_offers(case, rest, now), effects)


AboutAnOffer = on.OfferAccepted | on.OfferAnswered | on.OfferDeclined | on.OfferMissed | on.OfferFailed


def open_offer(case: Case, event: AboutAnOffer) -> Offer:
    offer = case.offer(event.token)
    if offer is None:
        raise ForbiddenMove("this offer is over; the case stays with whoever has it")
    return offer


def same_attempt(case: Case, token: str) -> Attempt:
    if case.attempt is None or case.attempt.token != token:
        raise ForbiddenMove("this attempt is over; nothing was changed")
    return case.attempt


def with_record(case: Case, call: CallId | None) -> tuple[CallId, ...]:
    return case.records if call is None or call in case.records else (*case.records, call)


def called_off(offers: tuple[Offer, ...], now: datetime) -> tuple[then.Consequence, ...]:
    """These women are asked no more. Whoever may have answered hears so; meanwhile her phone would be busy."""
    calls = tuple(then.CallOffWanted(offer.call) for offer in offers if offer.call is not None)
    return (*calls, *(then.Freed(offer.responder, _rest_after_asking(offer, now)) for offer in offers))


def _rest_after_asking(offer: Offer, now: datetime) -> timedelta:
    """A ring that nobody can call off, for its call is not known, may go on until the offer would have run out."""
    if offer.placing is Placing.WANTED or offer.by is Reach.TEXT:
        return timedelta(0)
    return REST_AFTER_A_CALL if offer.call is not None else max(offer.expires_at - now, REST_AFTER_A_CALL)


def released(case: Case) -> tuple[then.Consequence, ...]:
    return () if case.desk is None else (then.ReleaseWanted(case.desk),)


def ringing_called_off(case: Case) -> tuple[then.Consequence, ...]:
    attempt = case.attempt
    if case.state not in RINGING or attempt is None or attempt.call is None:
        return ()
    return (then.HangUpWanted(attempt.call),)


def without_attempt(case: Case) -> Case:
    """The case between attempts. One whose call was never known may come to light yet, and is to be asked about."""
    attempt, since = case.attempt, case.in_doubt_since
    if case.state in RINGING and attempt is not None and attempt.call is None:
        since = since or attempt.started_at
    return replace(case, attempt=None, in_doubt_since=since)


def led_out(case: Case) -> tuple[then.Consequence, ...]:
    """For a caller whom we rang and who may stand in the room alone: the holder's end is no end of hers."""
    attempt = case.attempt
    if case.state is not State.BRIDGED or attempt is None or attempt.call is None:
        return ()
    return (then.CallerReleaseWanted(attempt.call),)


def freed(case: Case, *, missed: bool = False) -> tuple[then.Consequence, ...]:
    if case.holder is None:
        return ()
    talked = case.talked or case.bridged_at is not None
    rest = REST_AFTER_DANGER if talked and case.urgency is Urgency.P0 else REST_AFTER_A_CALL
    return (then.Freed(case.holder, rest, missed, talked),)


def back_to_waiting(
    case: Case, due_at: datetime, closes_at: datetime, *effects: then.Consequence, missed: bool = False
) -> Moved:
    waiting = replace(
        without_attempt(case), state=State.WAITING, due_at=due_at, closes_at=closes_at, holder=None, desk=None,
        room=None, desk_in_room=False, bridged_at=None, bridges=0, talked=False, ends_at=None, look_again_at=due_at,
    )  # fmt: skip
    return Moved(waiting, (*effects, *released(case), *freed(case, missed=missed), then.DispatchWanted()))


def end(case: Case, state: State, now: datetime, *effects: then.Consequence, figure: str | None = None) -> Moved:
    over = replace(
        case, state=state, offers=(), holder=None, attempt=None, may_ring=False, answers={}, secret="",
        older_secrets=(), own_call=None, line=None, in_room=False, ends_at=None, look_again_at=now + ERASE_AGAIN_AFTER,
    )  # fmt: skip
    return Moved(
        over,
        (*effects, *called_off(case.offers, now), *freed(case), then.NumberForgotten(), then.EraseWanted(),
         then.Counted(figure or state.value)),
    )  # fmt: skip


def attempts(case: Case) -> int:
    return attempts_for(shared=case.answers.get("shared") == "yes")


def attempts_for(*, shared: bool) -> int:
    """How often her phone may be rung in all: on a shared phone once in each of two windows."""
    return ATTEMPTS_ON_A_SHARED_PHONE if shared else ATTEMPTS


def not_connected_again(case: Case, now: datetime) -> Moved:
    """The holder wanted her back after a cut, in vain: the case stays hers, to wrap up.

    It may have no attempt left: to wait, it would be rung once more than its caller was told.
    """
    return Moved(wrapping_up(without_attempt(case), now), released(case))


def unanswered(case: Case, due_at: datetime, closes_at: datetime, now: datetime) -> Moved:
    if case.bridges:
        return not_connected_again(case, now)
    if case.attempts_left <= 0:
        return end(case, State.UNREACHED, now, *released(case))
    return back_to_waiting(case, due_at, closes_at)


def unheld(case: Case, due_at: datetime, closes_at: datetime, now: datetime, *, missed: bool) -> Moved:
    """The holder is gone. After a real talk that is its end, unless she was just bringing them together once more:
    then the caller was cut off again, and whoever is next calls her, as long as she may be called.
    """
    talked = case.bridged_at is not None and is_a_talk(case.bridged_at, now)
    gone = replace(case, desk=None, bridged_at=case.bridged_at if talked else None)  # a cut is no talk to rest from
    call_off = (*ringing_called_off(case), *led_out(case))
    if talked and case.state in {State.BRIDGED, State.WRAP_UP}:
        return end(gone, State.CLOSED, now, *call_off)
    if case.state is State.ACCEPTED and not case.bridges:
        return back_to_waiting(gone, case.due_at, case.closes_at, *call_off, missed=missed)
    if not case.on_the_line and (case.attempts_left <= 0 or not case.may_ring):
        return end(gone, State.CLOSED if case.talked else State.UNREACHED, now, *call_off)
    return back_to_waiting(gone, due_at, closes_at, *call_off)
