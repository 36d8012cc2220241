"""A case: one woman's request, from the moment it is kept until nothing is left of it. Values only.

How a case changes stands in `gateway.core.moves`. A case holds no number and nothing made from one.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gateway.core.identity import CallId, CaseId, ResponderId, Token
from gateway.core.roster import Reach
from gateway.core.triage import Urgency, triage
from gateway.core.windows import SafeTime


class State(StrEnum):
    """Where a case stands. The last four are ends."""

    REQUESTED = "requested"
    WAITING = "waiting"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DIALLING = "dialling"
    GATE = "gate"
    BRIDGED = "bridged"
    WRAP_UP = "wrap_up"
    CLOSED = "closed"
    UNREACHED = "unreached"
    CANCELLED = "cancelled"
    ERASED = "erased"


ENDS = frozenset({State.CLOSED, State.UNREACHED, State.CANCELLED, State.ERASED})
HELD = frozenset({State.ACCEPTED, State.DIALLING, State.GATE, State.BRIDGED, State.WRAP_UP})


class Placing(StrEnum):
    """What is known of a call that we asked the provider for.

    `INTENDED` is on disk before the request goes out: from then on the phone may be ringing.
    """

    WANTED = "wanted"
    INTENDED = "intended"
    PLACED = "placed"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One responder being asked. `token` stands in the web address that her call asks for words.

    `by` is how she is asked now: a message that she answered with yes goes on as a call.
    """

    token: Token
    responder: ResponderId
    expires_at: datetime
    placing: Placing = Placing.WANTED
    call: CallId | None = None
    by: Reach = Reach.CALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One ringing of the caller's phone. After `over_at` it cannot be alive any more."""

    token: Token
    started_at: datetime
    over_at: datetime
    placing: Placing = Placing.INTENDED
    call: CallId | None = None


@dataclass(frozen=True, slots=True)
class Alias:
    """What a responder calls a case: two codes for words, e.g. `olive` and `silver`. Chosen by chance."""

    first: str
    second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One request.

    `secret` is the number that only she knows, 2 or 3 digits, and `keyed` whether she keyed it herself instead of being
    told it; `older_secrets` open as well: they were told for requests that are part of this one. `may_ring` is whether
    we have her number and her leave to call it. `own_call` is the call in which she asked, until it is over: her phone
    is engaged. `line` is the same call while she waits on it, and `in_room` whether she went from there into a room and
    was not heard of since. `room` is where she and the holder meet. `desk` is the holder's call, and `desk_in_room`
    whether it went there and was not heard of since. `talked` is whether the two have had a real talk. `look_again_at`
    is when the sweep must see whether something got lost, `ends_at` when a talk or the wrapping up is taken for over.
    `in_doubt_since` is when the first attempt began whose call was never known, and of which the provider was not
    asked since. `said_again_at` is when a later request became part of this one. `again_until` is how long her phone
    may be rung after a cut, whatever the hour, and None once they talk again. `records` are calls whose traces the
    provider must delete.
    """

    id: CaseId
    alias: Alias
    state: State
    requested_at: datetime
    secret: str = field(repr=False)
    safe_time: SafeTime
    may_ring: bool
    attempts_left: int
    language: str = "ar"
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)
    due_at: datetime
    closes_at: datetime
    look_again_at: datetime
    own_call: CallId | None = None
    line: CallId | None = None
    in_room: bool = False
    offers: tuple[Offer, ...] = ()
    declined: frozenset[ResponderId] = frozenset()
    holder: ResponderId | None = None
    room: Token | None = None
    desk: CallId | None = None
    desk_in_room: bool = False
    attempt: Attempt | None = None
    bridged_at: datetime | None = None
    bridges: int = 0
    talked: bool = False
    ends_at: datetime | None = None
    records: tuple[CallId, ...] = ()
    keyed: bool = False
    in_doubt_since: datetime | None = None
    older_secrets: tuple[str, ...] = field(default=(), repr=False)
    first_requested_at: datetime | None = None
    said_again_at: datetime | None = None
    again_until: datetime | None = None

    @property
    def urgency(self) -> Urgency:
        """Her class, from her coded answers."""
        return triage(self.answers)

    @property
    def waiting_since(self) -> datetime:
        """Since when she waits: from her first request, though the hours are those of the last."""
        return self.first_requested_at or self.requested_at

    @property
    def last_asked_at(self) -> datetime:
        """When she last asked for this call herself: a wish to cancel that is older does not mean it, and the retention
        time counts from here."""
        return self.said_again_at or self.requested_at

    @property
    def on_the_line(self) -> bool:
        """Whether she waits on a call of her own."""
        return self.line is not None

    @property
    def is_stray(self) -> bool:
        """Whether she waits in a room to which nobody comes."""
        return self.on_the_line and self.in_room and self.state is not State.BRIDGED

    def opens_to(self, secret: str) -> bool:
        """Whether this is her secret number, or one that she was told before. The time taken tells nothing of it."""
        if not secret:
            return False  # a case that is over has none, and nothing opens it
        matches = [hmac.compare_digest(known.encode(), secret.encode()) for known in (self.secret, *self.older_secrets)]
        return any(matches)

    def offer(self, token: Token) -> Offer | None:
        """The open offer of this token."""
        return next((offer for offer in self.offers if offer.token == token), None)
