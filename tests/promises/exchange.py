"""A telephone network in memory that does whatever networks do: it works, refuses, is busy, and leaves one in doubt.

It knows which calls are alive, and notes for each ring what else was alive on that phone. It judges nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.core.calls import CallStatus
from gateway.core.errors import ProviderBusy, ProviderRefused, ProviderUncertain
from gateway.core.identity import CallId, CaseId
from gateway.core.messages import Record, RecordKind
from gateway.core.phone import PhoneNumber
from tests.services.network import Network, Ringing


class Fate(StrEnum):
    """What becomes of a request for a call."""

    WORKS = "works"
    IS_REFUSED = "is refused"
    FINDS_IT_BUSY = "finds it busy"
    TIMES_OUT = "times out before it worked"
    TIMES_OUT_AFTER_WORKING = "times out after it worked"
    DIES = "dies with whoever asked, before it worked"
    DIES_AFTER_WORKING = "dies with whoever asked, after it worked"


WORKED = frozenset({Fate.WORKS, Fate.TIMES_OUT_AFTER_WORKING, Fate.DIES_AFTER_WORKING})
CERTAINLY_NOT = frozenset({Fate.IS_REFUSED, Fate.FINDS_IT_BUSY})


BACK = frozenset({"/twilio/voice/offer/back", "/twilio/voice/gate/back", "/twilio/voice/back"})


class Died(BaseException):
    """The process that asked was killed in this moment. No handler of errors may catch it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One call of ours. `ring_for` and `limit` are what it was asked for with."""

    ringing: Ringing
    ring_for: timedelta
    limit: timedelta
    answered_at: datetime | None = None

    def ends_at(self) -> datetime:
        """When it ends by itself at the latest."""
        if self.answered_at is None:
            return self.ringing.at + self.ring_for
        return self.answered_at + self.limit


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for a call: what became of it, how long it would ring, which calls of that phone were alive.

    `case`, whether it `is_danger`, and `is_on_shift` are what `looking` saw in this moment.
    """

    ringing: Ringing
    fate: Fate
    ring_for: timedelta
    alive: tuple[CallId, ...]
    case: CaseId | None
    is_danger: bool
    is_on_shift: bool


@dataclass(slots=True)
class Exchange(Network):
    """The port `Telephone`. `fates` holds what becomes of the next requests; after them all of them work."""

    fates: list[Fate] = field(default_factory=list)
    requests: list[Asked] = field(default_factory=list)
    lines: dict[CallId, Line] = field(default_factory=dict)
    told: set[CallId] = field(default_factory=set)  # calls that the house was told of, in an answer or a webhook
    reports: list[CallId] = field(default_factory=list)  # calls that ended, whose status report is not delivered yet
    brought_back: list[CallId] = field(default_factory=list)
    tell: Callable[[Asked], object] = lambda _: None  # every request, as it is made
    looking: Callable[[Ringing], tuple[CaseId | None, bool, bool]] = lambda _: (None, False, False)
    between: Callable[[], object] | None = None  # what happens between the next request and its answer

    def ring(
        self, to: PhoneNumber, *, answer_path: str, status_path: str, ring_for: timedelta, limit: timedelta
    ) -> CallId:
        assert status_path == answer_path.replace("/voice/", "/status/")
        ringing = Ringing(to, answer_path, CallId("CA" + _word(len(self.requests))), self.clock())
        fate = self.fates.pop(0) if self.fates else Fate.WORKS
        asked = Asked(ringing, fate, ring_for, self.alive(to), *self.looking(ringing))
        self.requests.append(asked)
        self.tell(asked)
        if fate in WORKED:
            self.lines[ringing.call] = Line(ringing, ring_for, limit)
            self.standing[ringing.call] = CallStatus.RINGING
            self._keep(ringing.call)
        between, self.between = self.between, None
        if between is not None:
            between()
        return self._answered(fate, ringing.call)

    def _answered(self, fate: Fate, call: CallId) -> CallId:
        match fate:
            case Fate.WORKS:
                self.told.add(call)
                return call
            case Fate.IS_REFUSED:
                raise ProviderRefused("no")
            case Fate.FINDS_IT_BUSY:
                raise ProviderBusy("not now")
            case Fate.TIMES_OUT | Fate.TIMES_OUT_AFTER_WORKING:
                raise ProviderUncertain("who knows")
            case Fate.DIES | Fate.DIES_AFTER_WORKING:
                raise Died

    def redirect(self, call: CallId, *, path: str) -> None:
        assert path in BACK
        if self.standing.get(call) is not CallStatus.IN_PROGRESS:
            raise ProviderRefused("that call is not in progress")
        self.brought_back.append(call)

    def cancel(self, call: CallId) -> bool:
        if self.standing.get(call) is CallStatus.IN_PROGRESS:
            return False
        self.end(call, CallStatus.CANCELLED)
        return True

    def hang_up(self, call: CallId) -> None:
        self.end(call, CallStatus.COMPLETED)

    def status(self, call: CallId) -> CallStatus | None:
        if self.is_deaf:
            raise ProviderBusy("not now")
        return self.standing.get(call)

    def placed_since(self, to: PhoneNumber, since: datetime) -> list[CallId]:
        if self.is_deaf:
            raise ProviderBusy("not now")
        found = [call for call, line in self.lines.items() if line.ringing.to == to and line.ringing.at >= since]
        self.told.update(found)
        return found

    def forget(self, call: CallId) -> None:
        if call in self.standing and not self.standing[call].is_final:
            raise ProviderBusy("not final yet")
        self.forgotten.append(call)
        self.kept_there.pop(Record(RecordKind.CALL, call), None)

    # --- what the machine does with it ---

    def alive(self, to: PhoneNumber) -> tuple[CallId, ...]:
        """Calls of ours that ring this phone or are answered on it."""
        return tuple(call for call, line in self.lines.items() if line.ringing.to == to and self.is_alive(call))

    def is_alive(self, call: CallId) -> bool:
        """Whether a call still rings or goes on."""
        return call in self.standing and not self.standing[call].is_final

    def ringing(self) -> list[Line]:
        """The phones that ring."""
        return [line for call, line in self.lines.items() if self.standing[call] is CallStatus.RINGING]

    def pick_up(self, call: CallId) -> None:
        """Somebody answers."""
        self.lines[call] = replace(self.lines[call], answered_at=self.clock())
        self.standing[call] = CallStatus.IN_PROGRESS

    def begin(self, call: CallId) -> None:
        """Somebody calls us."""
        self.standing[call] = CallStatus.IN_PROGRESS
        self._keep(call)

    def _keep(self, call: CallId) -> None:
        self.kept_there[Record(RecordKind.CALL, call)] = self.clock()

    def end(self, call: CallId, status: CallStatus) -> None:
        """A call ends, if it did not before; its report is on the way."""
        if self.is_alive(call):
            self.standing[call] = status
            self.reports.append(call)

    def let_time_end_calls(self) -> None:
        """End what has rung, or lasted, as long as it may."""
        for call, line in self.lines.items():
            if self.is_alive(call) and self.clock() >= line.ends_at():
                self.end(call, CallStatus.NO_ANSWER if line.answered_at is None else CallStatus.COMPLETED)


def _word(number: int) -> str:
    """A number as four letters."""
    letters = ""
    for _ in range(4):
        number, rest = divmod(number, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
