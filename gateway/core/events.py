"""What can happen to a case. Past participles; `gateway.core.moves` says which may happen when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gateway.core.identity import CallId, ResponderId, Token
from gateway.core.roster import Reach
from gateway.core.windows import SafeTime, Window


@dataclass(frozen=True, slots=True)
class Admitted:
    """The dialler has put the request in its place beside others of the same phone."""


@dataclass(frozen=True, slots=True)
class AnswersGiven:
    """She answered more questions, or keyed another secret number (`secret`).

    `hours` is when to ring her with these answers, if they make her case one that is rung at any hour.
    """

    answers: Mapping[str, str] = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    hours: Window | None = None


@dataclass(frozen=True, slots=True)
class TakenOver:
    """An earlier request of the same person is part of this one: its place is kept, and its secret numbers open.

    `hours` is when to ring her with the answers of both, if they make this one a case that is rung at any hour.
    """

    requested_at: datetime
    secrets: tuple[str, ...] = field(repr=False)
    answers: Mapping[str, str] = field(repr=False)
    records: tuple[CallId, ...]
    hours: Window | None = None


@dataclass(frozen=True, slots=True)
class Repeated:
    """A later request says this one again: its numbers open as well, and nothing else of it counts that could harm.

    `own_call` is the call in which she says it, until it is over; `hours` is when the later one was, or is, to be rung.
    """

    secrets: tuple[str, ...] = field(repr=False)
    answers: Mapping[str, str] = field(repr=False)
    records: tuple[CallId, ...] = ()
    attempts_left: int = 0
    asked_at: datetime | None = None
    own_call: CallId | None = None
    hours: Window | None = None


@dataclass(frozen=True, slots=True)
class Replaced:
    """This request is part of another one from now on."""


@dataclass(frozen=True, slots=True)
class Rescheduled:
    """Her window closed before anybody could ring; the next one."""

    due_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Offered:
    """A responder is to be asked until `expires_at`."""

    token: Token
    responder: ResponderId
    expires_at: datetime
    by: Reach = Reach.CALL


@dataclass(frozen=True, slots=True)
class OfferIntended:
    """The dialler is about to ring her, or to text her."""

    token: Token


@dataclass(frozen=True, slots=True)
class OfferAnswered:
    """She answered the text of an offer with yes: her phone is to be rung, and she be asked once more there."""

    token: Token
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OfferPlaced:
    """Her phone is being rung; `call` is None if that is uncertain."""

    token: Token
    call: CallId | None


@dataclass(frozen=True, slots=True)
class OfferAccepted:
    """She pressed 1 in `call`; she and the caller will meet in `room`."""

    token: Token
    call: CallId
    room: Token


@dataclass(frozen=True, slots=True)
class OfferDeclined:
    """She pressed 2, or 9: this case is hidden from her from now on."""

    token: Token


@dataclass(frozen=True, slots=True)
class OfferMissed:
    """No answer, busy, unreachable, hung up, a voicemail, or no time left."""

    token: Token


@dataclass(frozen=True, slots=True)
class OfferFailed:
    """The provider certainly rang nobody: no fault of the woman who was to be asked."""

    token: Token


@dataclass(frozen=True, slots=True)
class DialIntended:
    """The dialler is about to ring the caller, who cannot be ringing any more after `over_at`."""

    token: Token
    over_at: datetime


@dataclass(frozen=True, slots=True)
class DialPlaced:
    """The caller's phone is being rung; `call` is None if that is uncertain."""

    token: Token
    call: CallId | None


@dataclass(frozen=True, slots=True)
class DialPostponed:
    """It was not the time to ring: her window closed, or her phone is being rung for somebody else."""

    due_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class DialFailed:
    """The provider certainly rang nobody: this was no attempt. Her window's next moment."""

    token: Token
    due_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class CallerAnswered:
    """Somebody picked the caller's phone up; the gate speaks in `call`."""

    token: Token
    call: CallId


@dataclass(frozen=True, slots=True)
class GateOpened:
    """Her secret number was pressed."""

    token: Token


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """The attempt came to nothing: no answer, voicemail, silence, a wrong number. The next window, if one is left."""

    token: Token
    due_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class LineJoined:
    """The caller who waited on the line goes to meet the responder."""


@dataclass(frozen=True, slots=True)
class LineLeft:
    """The caller waits on the line no more, though her call may go on for a few words."""


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The caller's own call is over: she waits on it no more, and her phone is free."""


@dataclass(frozen=True, slots=True)
class LineHeld:
    """A caller whose conversation was cut is on the line again, first in the queue."""

    call: CallId


@dataclass(frozen=True, slots=True)
class RingingForbidden:
    """She asked that this phone is never rung."""


@dataclass(frozen=True, slots=True)
class BridgeEnded:
    """One of the two left the room."""


@dataclass(frozen=True, slots=True)
class HolderReturned:
    """The holder is back from the room."""


@dataclass(frozen=True, slots=True)
class BridgeWanted:
    """The holder asks to be connected to her again after a cut."""

    room: Token


@dataclass(frozen=True, slots=True)
class HolderLost:
    """The holder's own call ended before she said how the case goes on."""

    due_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Finished:
    """The holder says that it is done."""


@dataclass(frozen=True, slots=True)
class CallAgainAgreed:
    """They agreed on another call, at a time the caller chose."""

    safe_time: SafeTime
    due_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class PassedOn:
    """The holder passes the case on to a colleague, at the caller's next safe time."""

    due_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The caller cancelled, with her secret number."""


@dataclass(frozen=True, slots=True)
class Expired:
    """No number is held longer than the retention time after it was last asked for, whatever happened."""


@dataclass(frozen=True, slots=True)
class Looked:
    """The sweep looked: what is out of time ends, what may be lost is rung for again."""

    due_at: datetime
    closes_at: datetime


Event = (
    Admitted | AnswersGiven | TakenOver | Repeated | Replaced | Rescheduled
    | Offered | OfferIntended | OfferAnswered | OfferPlaced | OfferAccepted | OfferDeclined | OfferMissed | OfferFailed
    | DialIntended | DialPlaced | DialPostponed | DialFailed | CallerAnswered | GateOpened | AttemptEnded
    | LineJoined | LineLeft | CallEnded | LineHeld | RingingForbidden | BridgeEnded | HolderReturned
    | BridgeWanted | HolderLost
    | Finished | CallAgainAgreed | PassedOn | Withdrawn | Expired | Looked
)  # fmt: skip
