"""What follows from a move, besides the case itself. Storage saves these together with the case, or not at all."""

from dataclasses import dataclass
from datetime import timedelta

from gateway.core.case import Case
from gateway.core.identity import CallId, ResponderId, Token


@dataclass(frozen=True, slots=True)
class AdmitWanted:
    """The dialler must admit the case."""


@dataclass(frozen=True, slots=True)
class DispatchWanted:
    """Somebody should be asked: a case waits or a responder is free."""


@dataclass(frozen=True, slots=True)
class RingWanted:
    """A responder's phone must be rung for this offer."""

    token: Token


@dataclass(frozen=True, slots=True)
class DialWanted:
    """The caller's phone must be rung."""


@dataclass(frozen=True, slots=True)
class CheckWanted:
    """The provider must be asked which of the case's calls go on."""


@dataclass(frozen=True, slots=True)
class ReleaseWanted:
    """A responder who hears music must be brought back to her menu."""

    call: CallId


@dataclass(frozen=True, slots=True)
class CallerReleaseWanted:
    """A caller whom we rang must be brought out of the room, if she does not leave it by herself in a moment."""

    call: CallId


@dataclass(frozen=True, slots=True)
class HangUpWanted:
    """A call must end."""

    call: CallId


@dataclass(frozen=True, slots=True)
class CallOffWanted:
    """A responder's call must stop ringing; if she has answered, she must be told that the task is gone."""

    call: CallId


@dataclass(frozen=True, slots=True)
class Occupied:
    """A responder is busy with this case from now on."""

    responder: ResponderId


@dataclass(frozen=True, slots=True)
class Freed:
    """A responder is free again, after `rest`. `missed`: she could not be reached. `talked`: it counts as her load."""

    responder: ResponderId
    rest: timedelta = timedelta(0)
    missed: bool = False
    talked: bool = False


@dataclass(frozen=True, slots=True)
class NumberForgotten:
    """The sealed number must go, now."""


@dataclass(frozen=True, slots=True)
class EraseWanted:
    """All that is left of the case must go."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One more of these, in the day's figures."""

    figure: str


Consequence = (
    AdmitWanted | DispatchWanted | RingWanted | DialWanted | CheckWanted | ReleaseWanted | CallerReleaseWanted
    | HangUpWanted | CallOffWanted | Occupied | Freed | NumberForgotten | EraseWanted | Counted
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moved:
    """A case after a move, and what follows from it, in order."""

    case: Case
    consequences: tuple[Consequence, ...] = ()
