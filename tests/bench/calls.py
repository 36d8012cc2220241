"""Simulated callers as bytes: signed webhooks, built before anything is measured."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

VOICE: Final = "/twilio/voice"
HOTLINE: Final = "+9647300000100"
ACCOUNT: Final = "AC" + "d" * 32
MENU_KEYS: Final = ("2", "1", "1")  # call me; I agree; the phone is mine alone: steps that only keep the session
LAST_KEY: Final = "1"  # now: the step that keeps a case and rings for it
MOST_CALLS: Final = 10**8

# What Twilio sends with every voice webhook besides the numbers; most of it is empty for Iraq.
_PLACES: Final = tuple((f"{who}{what}", "") for who in ("Called", "Caller", "From", "To") for what in ("City", "Zip"))


@dataclass(frozen=True, slots=True)
class Batch:
    """Requests of one kind. Every answer must hold `expects`: a benchmark of wrong answers is none."""

    requests: tuple[bytes, ...]
    expects: bytes


@dataclass(frozen=True, slots=True)
class Caller:
    """Builds the webhooks of many callers for a server that knows itself as `public_url`."""

    public_url: str
    token: str

    def begins(self, calls: Iterable[int]) -> Batch:
        """Each of these calls arrives; callers are told apart by a running number below `MOST_CALLS`."""
        return Batch(tuple(self.webhook(call) for call in calls), b"?step=1")

    def presses(self, calls: Iterable[int], *, step: int, keys: str) -> Batch:
        """Each of these calls answers its question `step`."""
        return Batch(tuple(self.webhook(call, step=step, keys=keys) for call in calls), b"?step=%d" % (step + 1))

    def webhook(self, call: int, *, step: int | None = None, keys: str | None = None) -> bytes:
        """One request, whole."""
        path = VOICE if step is None else f"{VOICE}?step={step}"
        fields = _fields(call) if keys is None else [*_fields(call), ("Digits", keys)]
        return self._signed(path, fields)

    def _signed(self, path: str, fields: Sequence[tuple[str, str]]) -> bytes:
        body = urlencode(fields).encode()
        head = (
            f"POST {path} HTTP/1.1\r\n"
            f"Host: {self.public_url.rpartition('/')[2]}\r\n"
            "User-Agent: TwilioProxy/1.1\r\n"
            "Accept: */*\r\n"
            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
            f"X-Twilio-Signature: {self._signature(path, fields)}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _signature(self, path: str, fields: Sequence[tuple[str, str]]) -> str:
        text = self.public_url + path + "".join(name + value for name, value in sorted(fields))
        return base64.b64encode(hmac.digest(self.token.encode(), text.encode(), hashlib.sha1)).decode()


def call_id(call: int) -> str:
    """The provider's id of a simulated call."""
    return f"CA{call:032x}"


def _fields(call: int) -> list[tuple[str, str]]:
    caller = f"+96477{call:08d}"  # Asiacell's whole range: every one of them is a valid mobile
    return [
        ("AccountSid", ACCOUNT),
        ("ApiVersion", "2010-04-01"),
        ("CallSid", call_id(call)),
        ("CallStatus", "ringing"),
        ("Called", HOTLINE),
        ("Caller", caller),
        ("Direction", "inbound"),
        ("From", caller),
        ("FromCountry", "IQ"),
        ("To", HOTLINE),
        ("ToCountry", "IQ"),
        *_PLACES,
    ]
