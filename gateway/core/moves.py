"""How a case moves: one table of what may happen when; the rule for each event stands in `gateway.core.rules`.

`move` is pure. Storage saves its result only if nobody moved the case meanwhile.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from gateway.core import consequences as then
from gateway.core import events as on
from gateway.core.case import ENDS, HELD, Case, State
from gateway.core.consequences import Moved
from gateway.core.errors import ForbiddenMove
from gateway.core.rules import asking, looking, ringing, talking, waiting
from gateway.core.rules.pieces import RINGING

LIVING = frozenset(State) - ENDS

# The table: which event may happen in which states. Everything else is a `ForbiddenMove`.
ALLOWED: Mapping[type, frozenset[State]] = MappingProxyType(
    {
        on.Admitted: frozenset({State.REQUESTED}),
        on.AnswersGiven: LIVING,
        on.TakenOver: LIVING,
        on.Repeated: LIVING,  # her own number must open, though a woman has accepted while she was keying it
        on.Replaced: frozenset({State.REQUESTED, State.WAITING, State.OFFERED}),
        on.Rescheduled: frozenset({State.WAITING}),
        on.Offered: frozenset({State.WAITING, State.OFFERED}),
        on.OfferIntended: frozenset({State.OFFERED}),
        on.OfferAnswered: frozenset({State.OFFERED}),
        on.OfferPlaced: frozenset(State),  # the provider's answer may come after everything else
        on.OfferAccepted: frozenset({State.OFFERED}),
        on.OfferDeclined: frozenset({State.OFFERED}),
        on.OfferMissed: frozenset({State.OFFERED}),
        on.OfferFailed: frozenset({State.OFFERED}),
        on.DialIntended: frozenset({State.ACCEPTED}),
        on.DialPlaced: frozenset(State),  # as above
        on.DialPostponed: frozenset({State.ACCEPTED}),
        on.DialFailed: frozenset({State.DIALLING}),
        on.CallerAnswered: RINGING,
        on.GateOpened: frozenset({State.GATE}),
        on.AttemptEnded: RINGING,
        on.LineJoined: frozenset({State.ACCEPTED}),
        on.LineLeft: LIVING,
        on.CallEnded: LIVING,
        on.LineHeld: frozenset({State.WAITING, State.OFFERED, State.ACCEPTED, State.BRIDGED, State.WRAP_UP}),
        on.RingingForbidden: LIVING,
        on.BridgeEnded: frozenset({State.BRIDGED}),
        on.HolderReturned: frozenset({State.BRIDGED, State.WRAP_UP}),
        on.BridgeWanted: frozenset({State.WRAP_UP}),
        on.HolderLost: HELD,
        on.Finished: frozenset({State.BRIDGED, State.WRAP_UP}),
        on.CallAgainAgreed: frozenset({State.WRAP_UP}),
        on.PassedOn: frozenset({State.WRAP_UP}),
        on.Withdrawn: LIVING,
        on.Expired: LIVING,
        on.Looked: frozenset(State) - {State.ERASED},
    }
)

Rule = Callable[[Case, Any, datetime], Moved]

RULES: Mapping[type, Rule] = MappingProxyType(
    {
        on.Admitted: asking.admitted,
        on.AnswersGiven: asking.answered,
        on.TakenOver: asking.taken_over,
        on.Repeated: asking.repeated,
        on.Replaced: asking.replaced,
        on.Rescheduled: asking.rescheduled,
        on.Offered: asking.offered,
        on.OfferIntended: asking.offer_intended,
        on.OfferAnswered: asking.offer_answered,
        on.OfferPlaced: asking.offer_placed,
        on.OfferAccepted: asking.offer_accepted,
        on.OfferDeclined: asking.offer_declined,
        on.OfferMissed: asking.offer_missed,
        on.OfferFailed: asking.offer_failed,
        on.DialIntended: ringing.dial_intended,
        on.DialPlaced: ringing.dial_placed,
        on.DialPostponed: ringing.dial_postponed,
        on.DialFailed: ringing.dial_failed,
        on.CallerAnswered: ringing.caller_answered,
        on.GateOpened: ringing.gate_opened,
        on.AttemptEnded: ringing.attempt_ended,
        on.LineJoined: waiting.line_joined,
        on.LineLeft: waiting.line_left,
        on.CallEnded: waiting.call_ended,
        on.LineHeld: waiting.line_held,
        on.RingingForbidden: waiting.ringing_forbidden,
        on.BridgeEnded: talking.bridge_ended,
        on.HolderReturned: talking.holder_returned,
        on.BridgeWanted: talking.bridge_wanted,
        on.HolderLost: talking.holder_lost,
        on.Finished: talking.finished,
        on.CallAgainAgreed: talking.call_again,
        on.PassedOn: talking.passed_on,
        on.Withdrawn: talking.withdrawn,
        on.Expired: talking.expired,
        on.Looked: looking.looked,
    }
)


def move(case: Case, event: on.Event, *, now: datetime) -> Moved:
    """What becomes of a case by one event. Raises `ForbiddenMove`, and then nothing happened."""
    if case.state not in ALLOWED[type(event)]:
        raise ForbiddenMove(f"{type(event).__name__} cannot happen to a case that is {case.state}; nothing was changed")
    return RULES[type(event)](case, event, now)


def new_consequences() -> tuple[then.Consequence, ...]:
    """What follows from a case being kept for the first time."""
    return (then.AdmitWanted(),)  # it is counted when it is admitted: she is waiting for our words
