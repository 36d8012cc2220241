"""Simulated callers as bytes: webhooks of calls, messages and USSD dialogues, built before anything is measured."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

VOICE: Final = "/twilio/voice"
MESSAGES: Final = "/twilio/sms"
USSD: Final = "/africastalking/ussd"
HOTLINE: Final = "+9647300000100"
ACCOUNT: Final = "AC" + "d" * 32
MENU_KEYS: Final = ("2", "1", "1")  # call me; I agree; the phone is mine alone: steps that only keep the session
LAST_KEY: Final = "1"  # now: the step that keeps a case and rings for it
CALL_ME: Final = "السلام عليكم أريد تتصلون بيه بليز"  # a message that asks for a call, in ordinary words
MOST_CALLS: Final = 10**8

# What Twilio sends with every voice webhook besides the numbers; most of it is empty for Iraq.
_PLACES: Final = tuple((f"{who}{what}", "") for who in ("Called", "Caller", "From", "To") for what in ("City", "Zip"))
Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Requests of one kind. Every answer must hold `expects`: a benchmark of wrong answers is none."""

    requests: tuple[bytes, ...]
    expects: bytes


@dataclass(frozen=True, slots=True)
class Caller:
    """Builds the webhooks of many callers for a server that knows itself as `public_url`.

    Callers are told apart by a running number below `MOST_CALLS`.
    """

    public_url: str
    token: str
    ussd_secret: str

    def begins(self, calls: Iterable[int]) -> Batch:
        """Each of these calls arrives."""
        return Batch(tuple(self.webhook(call) for call in calls), b"?step=1")

    def presses(self, calls: Iterable[int], *, step: int, keys: str) -> Batch:
        """Each of these calls answers its question `step`."""
        return Batch(tuple(self.webhook(call, step=step, keys=keys) for call in calls), b"?step=%d" % (step + 1))

    def writes(self, senders: Iterable[int], text: str = CALL_ME) -> Batch:
        """Each of these phones sends its first message, which is understood and answered."""
        return Batch(tuple(self._signed(MESSAGES, _message(sender, text)) for sender in senders), b"<Message ")

    def dials(self, phones: Iterable[int], entered: str = "") -> Batch:
        """Each of these phones has dialled the USSD code, and `entered` so much since, with `*` between."""
        path = f"{USSD}/{self.ussd_secret}"
        return Batch(tuple(self._request(path, _dialled(phone, entered)) for phone in phones), b"CON ")

    def webhook(self, call: int, *, step: int | None = None, keys: str | None = None) -> bytes:
        """One request of a call, whole."""
        path = VOICE if step is None else f"{VOICE}?step={step}"
        return self._signed(path, _call(call) if keys is None else [*_call(call), ("Digits", keys)])

    def _signed(self, path: str, fields: Fields) -> bytes:
        return self._request(path, fields, f"X-Twilio-Signature: {self._signature(path, fields)}\r\n")

    def _request(self, path: str, fields: Fields, signature: str = "") -> bytes:
        body = urlencode(fields).encode()
        head = (
            f"POST {path} HTTP/1.1\r\n"
            f"Host: {self.public_url.rpartition('/')[2]}\r\n"
            "User-Agent: TwilioProxy/1.1\r\n"
            "Accept: */*\r\n"
            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
            f"{signature}Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _signature(self, path: str, fields: Fields) -> str:
        text = self.public_url + path + "".join(name + value for name, value in sorted(fields))
        return base64.b64encode(hmac.digest(self.token.encode(), text.encode(), hashlib.sha1)).decode()


def call_id(call: int) -> str:
    """The provider's id of a simulated call."""
    return f"CA{call:032x}"


def _number(caller: int) -> str:
    return f"+96477{caller:08d}"  # Asiacell's whole range: every one of them is a valid mobile


def _call(call: int) -> Fields:
    caller = _number(call)
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


def _message(sender: int, text: str) -> Fields:
    message = f"SM{sender:032x}"
    return [
        ("AccountSid", ACCOUNT),
        ("ApiVersion", "2010-04-01"),
        ("Body", text),
        ("From", _number(sender)),
        ("FromCountry", "IQ"),
        ("MessageSid", message),
        ("NumMedia", "0"),
        ("NumSegments", "1"),
        ("SmsMessageSid", message),
        ("SmsSid", message),
        ("SmsStatus", "received"),
        ("To", HOTLINE),
        ("ToCountry", "IQ"),
        *_PLACES,
    ]


def _dialled(phone: int, entered: str) -> Fields:
    return [
        ("sessionId", f"ATUid_{phone:032x}"),
        ("serviceCode", "*384*123#"),
        ("phoneNumber", _number(phone)),
        ("networkCode", "41820"),
        ("text", entered),
    ]
