"""From Twilio's form to neutral values. What is wrong with a form is said without repeating what stood in it."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from gateway.core.calls import CallStatus
from gateway.core.errors import BadRequest
from gateway.core.identity import CallId
from gateway.providers.reading import one_each, whole_number
from gateway.providers.twilio.statuses import call_status
from gateway.providers.twilio.wire import CALL_ID, Form

WRONG_KEYS: Final = "*#*#"
"""Stands for keys that no telephone has, or too many: a legal entry that no menu and no secret number expects."""

_LONGEST: Final = {  # characters; a SIP address is the longest honest `From`
    "CallSid": 64,
    "From": 255,
    "To": 255,
    "Digits": 1000,
    "CallStatus": 32,
    "SequenceNumber": 9,
    "CallDuration": 9,
}
_KEYS = re.compile(r"[0-9*#]{1,32}")  # ASCII only: a telephone has no ٣, and `\d` would let it pass


@dataclass(frozen=True, slots=True)
class InboundCall:
    """A call that asks what to say next. Numbers and keys stay out of its repr: the keys may be her secret number.

    `from_text` is as the network sent it: E.164, `anonymous`, `sip:...` or empty. `keys` is None when none came.
    """

    call: CallId
    from_text: str = field(repr=False)
    to: str = field(repr=False)
    keys: str | None = field(repr=False)
    status: CallStatus | None


@dataclass(frozen=True, slots=True)
class CallReport:
    """How a call goes. Reports overtake each other: of two, the higher `sequence` (from 0) is the later one."""

    call: CallId
    status: CallStatus
    sequence: int | None
    duration: timedelta | None


def parse_call(form: Form) -> InboundCall:
    """Read the form of a voice webhook. Raises `BadRequest`; fields that we do not use may hold anything."""
    fields = one_each(form, _LONGEST)
    word = fields.get("CallStatus")
    return InboundCall(
        call=_call_id(fields),
        from_text=fields.get("From", ""),
        to=fields.get("To", ""),
        keys=_keys(fields.get("Digits", "")),
        status=call_status(word) if word else None,
    )


def parse_status(form: Form) -> CallReport:
    """Read the form of a status callback. Raises `BadRequest`."""
    fields = one_each(form, _LONGEST)
    seconds = whole_number(fields, "CallDuration")
    return CallReport(
        call=_call_id(fields),
        status=call_status(_needed(fields, "CallStatus")),
        sequence=whole_number(fields, "SequenceNumber"),
        duration=None if seconds is None else timedelta(seconds=seconds),
    )


def _needed(fields: dict[str, str], name: str) -> str:
    value = fields.get(name)
    if not value:
        raise BadRequest(f"{name} is missing")
    return value


def _call_id(fields: dict[str, str]) -> CallId:
    sid = _needed(fields, "CallSid")
    if not CALL_ID.fullmatch(sid):
        raise BadRequest("CallSid may hold only 2 to 64 letters, digits and hyphens")
    return CallId(sid)


def _keys(digits: str) -> str | None:
    """Empty is silence. `w`, `A` to `D`, foreign digits and endless entries are a wrong entry, not an error."""
    if not digits:
        return None
    return digits if _KEYS.fullmatch(digits) else WRONG_KEYS
