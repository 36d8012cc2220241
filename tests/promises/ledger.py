"""What people were told and what they asked for, written up from what their phones heard: the promises as given."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from gateway.core.case import Case
from gateway.core.conversation import Join
from gateway.core.hours import ALL_DAY, on_day
from gateway.core.identity import CallId, CaseId
from gateway.core.rules.pieces import A_REAL_TALK, ATTEMPTS, attempts_for
from gateway.core.sameness import SAME_NOW
from gateway.core.windows import Calendar, SafeTime, next_window
from gateway.services.intake import WHEN_THERE
from gateway.services.switchboard import CALLER_SCRIPT, GATE_SCRIPT, OFFER_SCRIPT
from tests.faults.words import PROMISES
from tests.promises.exchange import Asked, Fate
from tests.promises.legs import Heard
from tests.services.house import CALENDAR

WE_WILL_CALL = PROMISES | {"urgent_by_text"}
CANCELLED, STOPPED = "cancelled", frozenset({"stopped", "wiped"})
EVERYTHING = "*"
A_DAY, A_MONTH = timedelta(days=1), timedelta(days=30)
RECONNECTED_WITHIN = timedelta(minutes=15)  # after a cut she expects us, whatever the hour


@dataclass(slots=True)
class Request:
    """One request as she knows it. `told` is how often she was told that we try; `since` counts what was heard."""

    case: CaseId
    call: CallId
    number: str | None
    when: SafeTime
    asked_at: datetime
    is_shared: bool
    says: str  # that the phone is hers alone, that she is in danger, or nothing that makes two requests one
    told: int
    since: int
    promised_at: int | None = None
    secrets: set[str] = field(default_factory=set)
    rings: list[datetime] = field(default_factory=list)  # since she was last reached, or agreed on another time
    had: int = 0  # attempts: requests for a call to her phone, but for those that found the provider busy
    last_try: int = 0  # when the last of them was, counted as `since`
    reconnect_until: datetime | None = None
    talked_at: int | None = None
    together_since: datetime | None = None  # until the responder is back at her menu
    has_talked: bool = False  # for a minute at least, with whoever holds her case
    is_forbidden: bool = False
    in_danger: bool = False
    calendar: Calendar = CALENDAR
    held_until: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.held_until = self.asked_at + self.calendar.retention

    def is_safe(self, at: datetime, ring_for: timedelta) -> bool:
        """Whether her phone may ring from this moment on, by her own words alone."""
        return self.asked_at <= at and any(
            opens <= at and at + ring_for <= closes for _, opens, closes in self._windows(at)
        )

    def is_worth_opening_for(self, at: datetime) -> bool:
        """Whether her phone may ring while the hotline is closed: in danger now, or before her number is forgotten."""
        if self.in_danger and self.when is SafeTime.NOW and at < self.asked_at + self.calendar.now_lasts:
            return True
        patient = replace(self.calendar, retention=A_MONTH)
        ours = next_window(self.when, patient, requested_at=self.asked_at, not_before=at)
        return ours.opens_at >= self.held_until

    def window_of(self, at: datetime) -> tuple[str, int]:
        """Which of her windows this is: one of the same hours or of the first hours, counted in days."""
        return next((which for which, opens, closes in self._windows(at) if opens <= at < closes), ("none", 0))

    def _windows(self, at: datetime) -> Iterator[tuple[tuple[str, int], datetime, datetime]]:
        """Her windows around a moment. "Now" is the same hours on every day, and, for where the hotline sleeps at that
        hour, the first ones that it is open.
        """
        midnight = datetime.combine(at.astimezone(self.calendar.zone), time(0), tzinfo=self.calendar.zone)
        day = midnight.date().toordinal()
        if self.when is not SafeTime.NOW:
            hours = self.calendar.parts[self.when]
            yield ("hours", day), midnight + hours.since_midnight(), midnight + hours.since_midnight(closes=True)
            return
        days = (at - self.asked_at) // A_DAY
        opens = self.asked_at + days * A_DAY
        yield ("hours", days), opens, opens + self.calendar.now_lasts
        if self.calendar.opening != ALL_DAY:
            opens = midnight + self.calendar.opening.since_midnight()
            yield ("first hours", day), opens, opens + self.calendar.now_lasts


@dataclass(frozen=True, slots=True)
class Cancel:
    """Somebody cancelled from a phone, with this secret number."""

    number: str | None
    secret: str
    since: int


class Ledger:
    """Requests, cancels and talks so far. Feed it everything that was heard and asked, once each and in order."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self.requests: dict[CaseId, Request] = {}
        self.cancels: list[Cancel] = []
        self.offences: list[str] = []
        self._read = 0
        self._rung: dict[str, tuple[CaseId, datetime]] = {}  # for each phone what it was rung for last, and when

    def read(self, journal: Sequence[Heard | Asked]) -> None:
        """Write up what is new; rings are judged in `offences`, each with its promise's number."""
        for one in journal[self._read :]:
            self._read += 1
            if isinstance(one, Asked):
                self.offences.extend(self._judge(one))
            else:
                self._write(one)

    # --- what was heard ---

    def _write(self, one: Heard) -> None:
        names = {prompt.id for prompt in one.prompts}
        if one.script == CALLER_SCRIPT:
            self._callers_words(one, names)
        elif one.script == OFFER_SCRIPT and one.case in self.requests:
            self._desk(one, names, self.requests[one.case])
        elif one.script == GATE_SCRIPT and one.case in self.requests and isinstance(one.replies[-1], Join):
            self._talk(self.requests[one.case], one.at)

    def _callers_words(self, one: Heard, names: set[str]) -> None:
        if CANCELLED in names and one.pressed is not None:
            self.cancels.append(Cancel(one.number, one.pressed, self._read))
        if names & STOPPED:
            self.cancels.append(Cancel(one.number, EVERYTHING, self._read))
        if one.case is None:
            return
        request = self.requests.get(one.case) or self._open(one, one.case)
        request.secrets |= {one.slots["secret"]} if one.slots.get("secret") else set()
        if names & WE_WILL_CALL and request.promised_at is None:
            request.promised_at = self._read
        if one.slots.get("danger") in {"now", "family"} or request.says == "danger":
            self._note_danger(request.number)
        request.is_forbidden |= "no_callback_words" in names
        if isinstance(one.replies[-1], Join):
            self._talk(request, one.at)

    def _open(self, one: Heard, case: CaseId) -> Request:
        shared = one.slots.get("shared") == "yes"
        request = Request(
            case, one.call, one.number, _told_hours(one.slots), one.at, shared,
            _says(one.slots), int(one.slots.get("attempts", ATTEMPTS)), self._read, calendar=self._calendar,
        )  # fmt: skip
        if request.says == "danger":
            self._hurry(request)
        self.requests[case] = request
        return request

    def _hurry(self, request: Request) -> None:
        """Whoever says "danger now" is rung at once, and as often as she is told, whatever rang before for the same
        "now". What was asked for other hours, or long ago, keeps its distances and its number of attempts.
        """
        for known in self.requests.values():
            same_now = known.when is SafeTime.NOW and request.asked_at - known.asked_at <= SAME_NOW
            if known.number == request.number and same_now:
                told = min(request.told, attempts_for(shared=known.is_shared))
                known.told = max(known.told, known.had + told)
                known.rings.clear()

    def _note_danger(self, number: str | None) -> None:
        """Which of the requests of her phone it belongs to is for the dialler to find out."""
        for known in self.requests.values():
            known.in_danger |= known.number == number

    def _talk(self, request: Request, at: datetime) -> None:
        request.talked_at, request.together_since = self._read, at
        request.rings.clear()

    def _desk(self, one: Heard, names: set[str], request: Request) -> None:
        if "again_kept" in names:
            request.when, request.asked_at = SafeTime(one.slots["time"]), one.at
            request.told = request.had + attempts_for(shared=request.is_shared)
            request.rings.clear()
        if "passed_on" in names and request.has_talked:
            request.told = max(request.told, request.had + 1)  # they agreed on a colleague
        if one.pressed == "3" and "waiting" in names:
            request.reconnect_until = one.at + RECONNECTED_WITHIN
        self._measure_talk(one, names, request)

    @staticmethod
    def _measure_talk(one: Heard, names: set[str], request: Request) -> None:
        if one.pressed == "1" and "waiting" in names:
            request.has_talked = False  # another responder has it
        if names & {"wrap_menu", "wrap_menu_short"} and request.together_since is not None:
            request.has_talked |= one.at - request.together_since >= A_REAL_TALK
            request.together_since = None

    # --- what was asked of the network ---

    def _judge(self, asked: Asked) -> Iterator[str]:
        if asked.alive:
            yield "2: a phone was rung while another call of ours was alive on it"
        if not asked.ringing.is_the_callers:
            if not asked.is_on_shift:
                yield "5: a phone was rung that is not of a woman on shift"
            return
        request = None if asked.case is None else self.requests.get(asked.case)
        if request is None:
            yield "3: a caller's phone was rung for nothing that she asked for"
        else:
            yield from self._judge_phone(request, asked)
            yield from self._judge_attempt(request, asked)

    def _judge_phone(self, request: Request, asked: Asked) -> Iterator[str]:
        """Whoever is near a phone hears it, whichever request it rings for: only danger and a cut talk do not wait."""
        if asked.fate is Fate.FINDS_IT_BUSY:
            return
        number, at = asked.ringing.to.reveal(), asked.ringing.at
        rung_for, rung_at = self._rung.get(number, (request.case, at))
        is_cut = request.reconnect_until is not None and at <= request.reconnect_until
        if rung_for != request.case and at - rung_at < timedelta(minutes=30) and not (asked.is_danger or is_cut):
            yield "3: a phone was rung within half an hour after a ring for another request"
        self._rung[number] = request.case, at

    def _judge_attempt(self, request: Request, asked: Asked) -> Iterator[str]:
        at = asked.ringing.at
        if asked.ringing.to.reveal() != request.number:
            yield "3: another phone was rung than the one she asked from"
        if request.reconnect_until is not None and at <= request.reconnect_until:
            if asked.fate is not Fate.FINDS_IT_BUSY:
                request.reconnect_until = None
                request.rings.append(at)
            return
        if not request.is_safe(at, asked.ring_for):
            yield "3: a phone was rung outside the hours she chose"
        if self._is_closed(at) and not request.is_worth_opening_for(at):
            yield "3: a phone was rung while the hotline was closed"
        if asked.fate is Fate.FINDS_IT_BUSY:
            return
        request.had += 1
        request.last_try = self._read
        if request.had > request.told:
            yield f"3: attempt {request.had}, though she was told of {request.told}"
        if request.is_forbidden:
            yield "3: a phone was rung that must not be rung"
        yield from self._judge_distance(request, at)
        request.rings.append(at)

    def _is_closed(self, at: datetime) -> bool:
        local = at.astimezone(self._calendar.zone)
        opening = on_day(local.date(), self._calendar.opening, self._calendar.zone)
        return self._calendar.is_closed(local.date()) or opening is None or not opening.contains(at)

    @staticmethod
    def _judge_distance(request: Request, at: datetime) -> Iterator[str]:
        if request.rings and at - request.rings[-1] < timedelta(minutes=30):
            yield "3: a phone was rung again within half an hour"
        if request.is_shared and request.window_of(at) in map(request.window_of, request.rings):
            yield "3: a shared phone was rung twice in one window"

    # --- what became of a promise ---

    def notice_unions(self, cases: Mapping[CaseId, Case]) -> None:
        """Note which secret numbers open the open cases: a request that became part of another lends its own."""
        for case in cases.values():
            request = self.requests.get(case.id)
            if request is not None:
                request.secrets.update(filter(None, (case.secret, *case.older_secrets)))

    def was_rung_or_talked_with(self, case: CaseId) -> bool:
        """Whether anything came of a request yet; until then her first window is to come, or open."""
        request = self.requests[case]
        return request.had > 0 or request.talked_at is not None

    def person(self, request: Request) -> list[Request]:
        """Every request of the same person, earlier ones too: their secret numbers open the later ones."""
        found, left = [request], [one for one in self.requests.values() if one.number == request.number]
        while alike := [one for one in left if any(_is_one_person(one, known) for known in found)]:
            found += alike
            left = [one for one in left if one not in alike]
        return list({one.case: one for one in found}.values())

    def is_settled(self, request: Request, now: datetime, retention: timedelta) -> bool:
        """Whether her case may be gone: reached, cancelled by her, tried as often as told, forbidden, or too old."""
        person = self.person(request)
        secrets = set().union(*(one.secrets for one in person))
        return (
            any(one.talked_at is not None and one.talked_at >= request.since for one in person)
            or any(one.is_forbidden for one in person)
            or any(one.had >= one.told and one.last_try >= request.since for one in person)
            or any(
                cancel.number == request.number and cancel.since > request.since
                and (cancel.secret in secrets or cancel.secret == EVERYTHING)
                for cancel in self.cancels
            )
            or now - request.asked_at >= retention
        )  # fmt: skip

    def heirs(self, request: Request, cases: Mapping[CaseId, Case]) -> list[Case]:
        """The open cases that carry a request: its own, or another of her phone's that its secret number opens."""
        hers = [case for case in cases.values() if self._number_of(case.id) == request.number]
        return [case for case in hers if case.id == request.case or any(map(case.opens_to, request.secrets))]

    def _number_of(self, case: CaseId) -> str | None:
        request = self.requests.get(case)
        return None if request is None else request.number


def _is_one_person(one: Request, known: Request) -> bool:
    return bool(one.secrets & known.secrets) or (one.says == known.says != "")


def _told_hours(slots: Mapping[str, str]) -> SafeTime:
    """The hours she was told. "When somebody is there" is now, in other words."""
    told = slots.get("time", "now")
    return SafeTime.NOW if told == WHEN_THERE else SafeTime(told)


def _says(slots: Mapping[str, str]) -> str:
    """What makes requests of one phone for the same hours one, as sentences for people explain it."""
    if "time" not in slots:
        return "danger"
    return "alone" if slots.get("shared") == "no" else ""
