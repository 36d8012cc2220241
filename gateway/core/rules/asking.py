"""Rules before a responder has the case: admitting it, hearing more of it, and asking women for it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from gateway.core import consequences as then
from gateway.core import events as on
from gateway.core.case import Case, Offer, Placing, State
from gateway.core.consequences import Moved
from gateway.core.errors import ForbiddenMove
from gateway.core.lanes import NOT_AREA
from gateway.core.roster import Reach
from gateway.core.rules.pieces import (
    DIAL_AGAIN_AFTER,
    JOIN_WITHIN,
    REST_AFTER_A_CALL,
    attempts,
    called_off,
    end,
    open_offer,
    with_offer,
    with_offers,
    with_record,
    without_offer,
)
from gateway.core.triage import Urgency, triage
from gateway.core.windows import Window

MOST_OLDER_SECRETS = 11  # as many as one phone can be told in a day, besides the first: whoever was told one can use it


def admitted(case: Case, event: on.Admitted, now: datetime) -> Moved:
    return Moved(replace(case, state=State.WAITING), (then.DispatchWanted(), then.Counted("requested")))


def answered(case: Case, event: on.AnswersGiven, now: datetime) -> Moved:
    told = replace(
        _due(case, _earlier(case, event.hours)),
        answers={**case.answers, **event.answers},
        secret=event.secret or case.secret,
        keyed=case.keyed or event.secret is not None,
    )
    return Moved(told, (then.DispatchWanted(),) if told.urgency < case.urgency else ())


def taken_over(case: Case, event: on.TakenOver, now: datetime) -> Moved:
    known = tuple(secret for secret in (*event.secrets, *case.older_secrets) if secret != case.secret)
    return Moved(
        replace(
            _due(case, _earlier(case, event.hours)),
            first_requested_at=min(case.waiting_since, event.requested_at),
            older_secrets=tuple(dict.fromkeys(known))[:MOST_OLDER_SECRETS],
            answers={**event.answers, **case.answers},
            records=(*event.records, *case.records),
        )
    )


def repeated(case: Case, event: on.Repeated, now: datetime) -> Moved:
    """Nobody proved who says it again: what is there stays, and only what makes it safer or sooner is added."""
    usable = (secret for secret in event.secrets if len(secret) == len(case.secret) and secret != case.secret)
    numbers = tuple(dict.fromkeys((*case.older_secrets, *usable)))  # the gate waits for as many digits as ours has
    said = replace(
        _due(case, _sooner(case, event)),
        own_call=event.own_call or case.own_call,
        answers=_the_more_urgent(case.answers, event.answers),
        older_secrets=(*numbers[: MOST_OLDER_SECRETS - 1], *numbers[MOST_OLDER_SECRETS - 1 :][-1:]),
        records=(*case.records, *(call for call in event.records if call not in case.records)),
        said_again_at=max(case.last_asked_at, event.asked_at or case.last_asked_at),
    )
    said = replace(said, attempts_left=min(max(case.attempts_left, event.attempts_left), attempts(said)))
    is_sooner = said.urgency < case.urgency or said.due_at < case.due_at
    return Moved(said, (then.DispatchWanted(),) if is_sooner else ())


def _sooner(case: Case, event: on.Repeated) -> Window:
    """When to ring her. Whoever says "danger now" was told "at the first possible moment": between two attempts she
    waits no half hour for it, because an earlier one came to nothing.
    """
    return _earlier(case, event.hours if triage(event.answers) is Urgency.P0 else None)


def _earlier(case: Case, hours: Window | None) -> Window:
    """Of its own window and another the one that opens first."""
    ours = Window(case.due_at, case.closes_at)
    return ours if hours is None else min(ours, hours, key=lambda window: window.opens_at)


def _due(case: Case, window: Window) -> Case:
    return replace(case, due_at=window.opens_at, closes_at=window.closes_at)


def _the_more_urgent(ours: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    """The answers of both; where they differ ours, unless theirs are more urgent.

    A phone that is shared stays so, and the area that she wants nobody of is hers to choose.
    """
    both = min(({**theirs, **ours}, {**ours, **theirs}), key=triage)
    shared = {"shared": "yes"} if "yes" in {ours.get("shared"), theirs.get("shared")} else {}
    return {**both, **shared, **({NOT_AREA: ours[NOT_AREA]} if NOT_AREA in ours else {})}


def replaced(case: Case, event: on.Replaced, now: datetime) -> Moved:
    if case.on_the_line:
        raise ForbiddenMove("she waits on the line for this one; nothing was changed")
    return end(replace(case, records=()), State.CANCELLED, now, figure="repeated")


def rescheduled(case: Case, event: on.Rescheduled, now: datetime) -> Moved:
    return Moved(_due(case, Window(event.due_at, event.closes_at)))


def offered(case: Case, event: on.Offered, now: datetime) -> Moved:
    offer = Offer(token=event.token, responder=event.responder, expires_at=event.expires_at, by=event.by)
    offers = (*case.offers, offer)
    return Moved(with_offers(case, offers, now), (then.Occupied(event.responder), then.RingWanted(event.token)))


def offer_intended(case: Case, event: on.OfferIntended, now: datetime) -> Moved:
    offer = case.offer(event.token)
    if offer is None or offer.placing is not Placing.WANTED:
        raise ForbiddenMove("this offer is gone or was rung already; nothing was changed")
    return Moved(with_offer(case, replace(offer, placing=Placing.INTENDED), now))


def offer_answered(case: Case, event: on.OfferAnswered, now: datetime) -> Moved:
    """Not hers yet: whoever picks her phone up must press the key as well, so that no voicemail is ever connected."""
    offer = open_offer(case, event)
    if offer.by is not Reach.TEXT:
        raise ForbiddenMove("her phone is rung for this offer already; nothing was changed")
    again = replace(offer, by=Reach.CALL, placing=Placing.WANTED, expires_at=event.expires_at)
    return Moved(with_offer(case, again, now), (then.RingWanted(offer.token),))


def offer_placed(case: Case, event: on.OfferPlaced, now: datetime) -> Moved:
    noted = replace(case, records=with_record(case, event.call))
    offer = case.offer(event.token)
    if offer is not None:
        placing = Placing.UNCERTAIN if event.call is None else Placing.PLACED
        return Moved(with_offer(noted, replace(offer, placing=placing, call=event.call), now))
    if event.call is not None and event.call != case.desk:
        return Moved(noted, (then.CallOffWanted(event.call),))
    return Moved(noted)


def offer_accepted(case: Case, event: on.OfferAccepted, now: datetime) -> Moved:
    offer = open_offer(case, event)
    others = tuple(other for other in case.offers if other.token != offer.token)
    held = replace(
        case, state=State.ACCEPTED, offers=(), holder=offer.responder, desk=event.call, room=event.room,
        desk_in_room=True, records=with_record(case, event.call),
        look_again_at=now + (JOIN_WITHIN if case.on_the_line else DIAL_AGAIN_AFTER),
    )  # fmt: skip
    dial = () if case.on_the_line else (then.DialWanted(),)
    return Moved(held, (*dial, *called_off(others, now)))


def offer_declined(case: Case, event: on.OfferDeclined, now: datetime) -> Moved:
    offer = open_offer(case, event)
    hidden = replace(case, declined=case.declined | {offer.responder})
    return without_offer(hidden, offer, now, then.Freed(offer.responder, REST_AFTER_A_CALL))


def offer_missed(case: Case, event: on.OfferMissed, now: datetime) -> Moved:
    offer = open_offer(case, event)
    call_off = () if offer.call is None else (then.CallOffWanted(offer.call),)
    was_rung = offer.placing is not Placing.WANTED
    return without_offer(case, offer, now, then.Freed(offer.responder, missed=was_rung), *call_off)


def offer_failed(case: Case, event: on.OfferFailed, now: datetime) -> Moved:
    offer = open_offer(case, event)
    return without_offer(case, offer, now, then.Freed(offer.responder, REST_AFTER_A_CALL))
