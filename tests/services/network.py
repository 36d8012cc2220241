"""The telephone network and the clock of the services' tests: both do what a test says, and remember."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from gateway.core.calls import CallStatus
from gateway.core.errors import ProviderBusy, SanadError
from gateway.core.identity import CallId, Token
from gateway.core.messages import Record, RecordPage
from gateway.core.phone import PhoneNumber
from tests.services.post import Post, letters

NOON = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # twelve o'clock in Baghdad
ON_A_PAGE = 3  # records at the provider


@dataclass(slots=True)
class Hands:
    """A clock whose hands a test moves."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **length: float) -> None:
        """Move on, e.g. `hours=2`."""
        self.now += timedelta(**length)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return self.now.timestamp()


@dataclass(frozen=True, slots=True)
class Ringing:
    """One phone that was rung."""

    to: PhoneNumber
    answer_path: str
    call: CallId
    at: datetime

    @property
    def token(self) -> Token:
        """The token in its address."""
        return Token(self.answer_path.rpartition("/")[2])

    @property
    def is_the_callers(self) -> bool:
        """Whether it is a call back."""
        return "/gate/" in self.answer_path


@dataclass(slots=True)
class Network:
    """The port `Telephone`, and `RecordLists`: a network that remembers what it was asked, and fails when told to."""

    names = ("calls", "messages")

    clock: Hands
    failures: list[SanadError] = field(default_factory=list)  # one for each of the next calls that are placed
    late_failures: list[SanadError] = field(default_factory=list)  # the same, after the phone has rung
    in_doubt: list[Ringing] = field(default_factory=list)  # placed, though the request seemed to fail
    rung: list[Ringing] = field(default_factory=list)
    standing: dict[CallId, CallStatus] = field(default_factory=dict)
    hung_up: list[CallId] = field(default_factory=list)
    cancelled: list[CallId] = field(default_factory=list)
    redirected: list[tuple[CallId, str]] = field(default_factory=list)
    forgotten: list[CallId] = field(default_factory=list)
    asked: list[CallId] = field(default_factory=list)  # whose status was asked for
    troubles: list[SanadError] = field(default_factory=list)  # one for each of the next redirects, cancels and hang-ups
    is_deaf: bool = False  # cannot be asked what became of a call
    keeps_records: bool = False
    kept_there: dict[Record, datetime] = field(default_factory=dict)  # records at the provider, and when they were made
    read: list[tuple[str, ...]] = field(default_factory=list)  # the pages of the lists of those that were asked for
    refused: dict[str, Exception] = field(default_factory=dict)  # lists that are not given, and why
    texting: Post = field(default_factory=Post)
    while_ringing: Callable[[], object] | None = None  # what happens between the request and its answer

    def ring(
        self, to: PhoneNumber, *, answer_path: str, status_path: str, ring_for: timedelta, limit: timedelta
    ) -> CallId:
        assert status_path.startswith("/twilio/status/")
        assert timedelta(0) < ring_for < limit
        call = CallId("CA" + letters(len(self.rung) + len(self.in_doubt)))
        ringing = Ringing(to, answer_path, call, self.clock())
        if self.failures:
            failure = self.failures.pop(0)
            if failure.code == "provider_uncertain":
                self.in_doubt.append(ringing)
                self.standing[call] = CallStatus.RINGING
            raise failure
        self.rung.append(ringing)
        self.standing[call] = CallStatus.RINGING
        if self.while_ringing is not None:
            self.while_ringing()
        if self.late_failures:
            raise self.late_failures.pop(0)
        return call

    def redirect(self, call: CallId, *, path: str) -> None:
        self._fail_if_told()
        self.redirected.append((call, path))

    def cancel(self, call: CallId) -> bool:
        self._fail_if_told()
        self.cancelled.append(call)
        if self.standing.get(call) is CallStatus.IN_PROGRESS:
            return False
        self.standing[call] = CallStatus.CANCELLED
        return True

    def hang_up(self, call: CallId) -> None:
        self._fail_if_told()
        self.hung_up.append(call)
        self.standing[call] = CallStatus.COMPLETED

    def _fail_if_told(self) -> None:
        if self.troubles:
            raise self.troubles.pop(0)

    def status(self, call: CallId) -> CallStatus | None:
        self.asked.append(call)
        if self.is_deaf:
            raise ProviderBusy("no answer")
        return self.standing.get(call)

    def placed_since(self, to: PhoneNumber, since: datetime) -> list[CallId]:
        if self.is_deaf:
            raise ProviderBusy("no answer")
        placed = (*self.rung, *self.in_doubt)
        return [ringing.call for ringing in placed if ringing.to == to and ringing.at >= since]

    def forget(self, call: CallId) -> None:
        if self.keeps_records:
            raise ProviderBusy("not final yet")
        self.forgotten.append(call)

    def page(self, name: str, *place: str, before: datetime) -> RecordPage:
        self.read.append((name, *place))
        if self.is_deaf:
            raise ProviderBusy("no answer")
        if name in self.refused:
            raise self.refused[name]
        start = int("".join(place) or 0)
        listed = [record for record in self.kept_there if f"{record.kind}s" == name]
        shown = listed[start : start + ON_A_PAGE]
        further = (str(start + ON_A_PAGE),) if len(listed) > start + ON_A_PAGE else ()
        return RecordPage(tuple(record for record in shown if self.kept_there[record] < before), further)

    def rings_of(self, number: str) -> list[Ringing]:
        """How often this phone was rung, as far as the network told."""
        return [ringing for ringing in self.rung if ringing.to == PhoneNumber.parse(number)]
