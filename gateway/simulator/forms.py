"""What the service may ask by REST, read from its forms: known names, possible values, nothing else."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from gateway.simulator.calls import Call, Callback, Direction, Source
from gateway.simulator.dialling import LONGEST_CALL
from gateway.simulator.twiml import BadTwiml, parse

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_EVENTS: Final = frozenset(["initiated", "ringing", "answered", "completed"])
_LONGEST_RING: Final = 600
_RING: Final = 60
_LONGEST_TWIML: Final = 4_000
_CREATE: Final = frozenset(
    [
        "To",
        "From",
        "Url",
        "Method",
        "Twiml",
        "FallbackUrl",
        "FallbackMethod",
        "StatusCallback",
        "StatusCallbackEvent",
        "StatusCallbackMethod",
        "Timeout",
        "TimeLimit",
        "Record",
    ]
)
_UPDATE: Final = frozenset(
    [
        "Url",
        "Method",
        "Twiml",
        "Status",
        "FallbackUrl",
        "FallbackMethod",
        "StatusCallback",
        "StatusCallbackMethod",
        "TimeLimit",
    ]
)


Form = Mapping[str, tuple[str, ...]]


class Refused(Exception):
    """An answer other than 2xx. `code` is Twilio's. `forbidden` marks what this service must never ask for."""

    def __init__(self, status: int, code: int, message: str, *, forbidden: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.forbidden = forbidden


def know(form: Form, names: frozenset[str]) -> None:
    """Raises `Refused` for a name that the network does not know, and for every wish to record."""
    for name in sorted(form):
        if name.startswith(("Record", "Transcri")) and one(form, name, "false") not in {"false", "do-not-record"}:
            raise Refused(400, 21200, f"{name}: nothing is ever recorded here", forbidden=True)
        if name not in names:
            raise Refused(400, 21200, f"the parameter {name} is not known here; known are {', '.join(sorted(names))}")
        if len(form[name]) > 1 and name != "StatusCallbackEvent":
            raise Refused(400, 21200, f"the parameter {name} was given twice")


def read_call(form: Form, *, account: str, own_numbers: Mapping[str, str]) -> tuple[Call, Source]:
    """A call to be placed, and what is to be heard on it. Raises `Refused`."""
    know(form, _CREATE)
    to, shown = one(form, "To"), one(form, "From")
    if not to:
        raise Refused(400, 21201, "No 'To' number is specified")
    if not shown:
        raise Refused(400, 21213, "No 'From' number is specified")
    if not E164.fullmatch(to):
        raise Refused(400, 21211, "The 'To' number is not a valid phone number")
    if shown not in own_numbers:
        raise Refused(400, 21210, "The 'From' number is not one of this account's")
    source = read_source(form)
    if source is None:
        raise Refused(400, 21205, "Url or Twiml is required")
    call = Call(
        account=account,
        shown=shown,
        to=to,
        direction=Direction.API,
        ring_limit=min(_LONGEST_RING, number(form, "Timeout", _RING)),
        time_limit=min(LONGEST_CALL, number(form, "TimeLimit", LONGEST_CALL)),
        callback=_callback(form),
        fallback=_fallback(form),
    )
    return call, source


def change_call(call: Call, form: Form) -> Source | None:
    """Take over all but Status, and give the document that the call is to go on with. Raises `Refused`."""
    know(form, _UPDATE)
    source = read_source(form)
    if source is not None and one(form, "Status"):
        raise Refused(400, 21218, "Url and Status cannot be changed together")
    call.fallback = _fallback(form) or call.fallback
    if one(form, "StatusCallback"):
        call.callback = _callback(form)
    return source


def read_source(form: Form) -> Source | None:
    """Url or Twiml. Raises `Refused` for one that cannot be."""
    url, twiml = one(form, "Url"), one(form, "Twiml")
    if not twiml:
        return Source(absolute(url, "Url"), _method(form, "Method")) if url else None
    if len(twiml) > _LONGEST_TWIML:
        raise Refused(400, 21220, f"Twiml has more than {_LONGEST_TWIML} characters")
    try:
        parse(twiml)
    except BadTwiml as problem:
        raise Refused(400, problem.code, str(problem), forbidden=problem.forbidden) from None
    return Source(twiml=twiml)


def one(form: Form, name: str, default: str = "") -> str:
    """A parameter's only value."""
    return form.get(name, (default,))[0]


def flag(form: Form, name: str) -> bool | None:
    """true, false, or None where it was not given. Raises `Refused`."""
    value = one(form, name).lower()
    if value not in {"", "true", "false"}:
        raise Refused(400, 20001, f"{name} must be true or false")
    return {"true": True, "false": False}.get(value)


def number(form: Form, name: str, default: int) -> int:
    """A whole number of at least 1. Raises `Refused`."""
    text = one(form, name) or str(default)
    if not (text.isascii() and text.isdigit() and int(text[:9]) > 0 and len(text) < 9):
        raise Refused(400, 20001, f"{name} must be a whole number of at least 1")
    return int(text)


def moment(text: str) -> datetime:
    """A date in a filter; UTC where it does not say. Raises `Refused`."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(400, 20001, "a date must look like 2026-01-31 or 2026-01-31T12:00:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def is_within(name: str, at: datetime | None, text: str) -> bool:
    """Whether a moment passes a filter such as `StartTime`, `StartTime<` or `StartTime>`: without a comparison the day
    counts. Raises `Refused`."""
    wanted = moment(text)
    if at is None:
        return False
    if name.endswith("<"):
        return at <= wanted
    return at >= wanted if name.endswith(">") else at.date() == wanted.date()


def not_found() -> Refused:
    """Twilio's answer to an address that leads to nothing."""
    return Refused(404, 20404, "The requested resource was not found")


def _callback(form: Form) -> Callback | None:
    url = one(form, "StatusCallback")
    if not url:
        return None
    events = frozenset(" ".join(form.get("StatusCallbackEvent", ("completed",))).split())
    if not events <= _EVENTS:
        raise Refused(400, 21626, f"StatusCallbackEvent can be {', '.join(sorted(_EVENTS))}")
    return Callback(absolute(url, "StatusCallback"), _method(form, "StatusCallbackMethod"), events)


def _fallback(form: Form) -> Source | None:
    url = one(form, "FallbackUrl")
    return Source(absolute(url, "FallbackUrl"), _method(form, "FallbackMethod")) if url else None


def absolute(url: str, name: str, *, code: int = 21205) -> str:
    """The address as it was given. Raises `Refused`, with Twilio's `code`, if it is no absolute one."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound:
        raise Refused(400, code, f"{name} is not an absolute address")
    return url


def _method(form: Form, name: str) -> str:
    method = one(form, name, "POST").upper()
    if method not in {"GET", "POST"}:
        raise Refused(400, 21200, f"{name} must be GET or POST")
    return method
