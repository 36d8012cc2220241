"""Text messages by Twilio, both ways: forms to neutral values, and sending so that little of it stays there.

A message comes in (`SmsSid` and `SmsMessageSid` repeat `MessageSid`; `OptOutType` only where Twilio knew the word):

    POST /twilio/sms HTTP/1.1
    Content-Type: application/x-www-form-urlencoded; charset=UTF-8
    X-Twilio-Signature: ...

    MessageSid=SM9f8b...&AccountSid=AC32a3...&From=%2B9647...&To=%2B9647...&Body=1&NumMedia=0&NumSegments=1
    &SmsStatus=received&ApiVersion=2010-04-01&FromCountry=IQ&...

We answer `<Response/>`, or with a `<Message>`. Twilio keeps that one in clear until it is deleted, and sends it for
hours (docs/decisions/014): its report tells us its id, so that it can be. What we send unasked goes out by
`TwilioTexting.send`. How a message of ours goes, out of order, twice or never, with a token where it was sent by REST:

    POST /twilio/status/message/<token>
    MessageSid=SM9f8b...&MessageStatus=delivered&SmsStatus=delivered&To=...&From=...&AccountSid=...
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final, Protocol
from xml.sax.saxutils import escape, quoteattr

from twilio.rest import Client  # type: ignore[import-untyped]  # the SDK ships no py.typed

from gateway.core.errors import BadRequest, ProviderBusy, ProviderRefused, ProviderUncertain
from gateway.core.messages import MessageArrived, MessageId, MessageReport, MessageStatus
from gateway.core.phone import PhoneNumber
from gateway.providers.reading import LONGEST_TEXT, form_fields, needed, one_each
from gateway.providers.twilio.asking import NO_ENVIRONMENT, UNREADABLE, Refusals, ask
from gateway.providers.twilio.transport import Transport
from gateway.providers.twilio.wire import CALL_ID, XML, Form
from gateway.providers.wires import RawRequest, WireAnswer

MESSAGE_STATUSES: Final[Mapping[str, MessageStatus]] = MappingProxyType(
    {
        "accepted": MessageStatus.QUEUED,
        "scheduled": MessageStatus.QUEUED,
        "queued": MessageStatus.QUEUED,
        "sending": MessageStatus.QUEUED,
        "sent": MessageStatus.SENT,
        "delivered": MessageStatus.DELIVERED,
        "read": MessageStatus.DELIVERED,  # on other channels than SMS
        "undelivered": MessageStatus.UNDELIVERED,
        "failed": MessageStatus.FAILED,
        "canceled": MessageStatus.CANCELLED,
    }
)
_TO: Final = "the provider does not take the number as one that can be texted"
_FROM: Final = (
    "the provider cannot text from HOTLINE_NUMBER; it must be a number of this account that can send messages"
)
_GEO: Final = "allow messages to this country in the provider's console, under Messaging, Geo permissions"
_PRIVACY: Final = "the account lacks Message Redaction; ask the provider for it, nothing is sent without"
MESSAGE_REFUSALS: Final[Refusals] = MappingProxyType(
    {
        14107: (ProviderBusy, "too many messages to this number at once"),
        20009: (ProviderBusy, "the message's record is not final yet; the deletion is tried again later"),
        21408: (ProviderRefused, _GEO),
        21602: (ProviderRefused, "the message is empty"),
        21604: (ProviderRefused, _TO),
        21606: (ProviderRefused, _FROM),
        21608: (ProviderRefused, "a trial account texts verified numbers only; upgrade it"),
        21610: (ProviderRefused, "she has told the provider to stop all messages; respect it"),
        21611: (ProviderBusy, "the provider's queue for HOTLINE_NUMBER is full"),
        21612: (ProviderRefused, "the provider has no route from HOTLINE_NUMBER to this number"),
        21614: (ProviderRefused, _TO),
        21617: (ProviderRefused, "the message is longer than the provider takes"),
        21659: (ProviderRefused, _FROM),
        21660: (ProviderRefused, _FROM),
        30029: (ProviderRefused, _PRIVACY),
        30030: (ProviderRefused, _PRIVACY),
        90007: (ProviderRefused, "the provider does not take the message's length of life"),
    }
)
_LONGEST: Final = {"MessageSid": 64, "From": 255, "To": 255, "Body": LONGEST_TEXT, "MessageStatus": 32}
_LONGEST_LIFE: Final = timedelta(hours=4)  # what the API takes on every account; more than 10 h no account may
_NO_ANSWER: Final = "<Response/>"
REPORTS: Final = "/twilio/status/message"

Pace = Callable[[], None]
"""Returns when the next message may be sent."""


class TwilioMessages:
    """See `SmsWire`. `public_url` is our own address as the provider reaches it."""

    def __init__(self, public_url: str) -> None:
        self._open = f"<Response><Message statusCallback={quoteattr(public_url.rstrip('/') + REPORTS)}>"

    def read(self, request: RawRequest) -> MessageArrived:
        """See `SmsWire.read`. To be called after the signature was verified."""
        return _arrived(form_fields(request.body, _LONGEST))

    def answer(self, text: str, *, valid_for: timedelta) -> WireAnswer:
        """See `SmsWire.answer`. TwiML cannot say how long a message is good for: see docs/decisions/014."""
        said = f"{self._open}{escape(text)}</Message></Response>" if text else _NO_ANSWER
        return WireAnswer(f'<?xml version="1.0" encoding="UTF-8"?>{said}'.encode(), XML)


def parse_message(form: Form) -> MessageArrived:
    """Read the form of a message webhook that was parsed already. Raises `BadRequest`."""
    return _arrived(one_each(form, _LONGEST))


def parse_message_status(form: Form) -> MessageReport:
    """Read the form of a message's status callback. Raises `BadRequest`."""
    fields = one_each(form, _LONGEST)
    return MessageReport(_message_id(fields), message_status(fields.get("MessageStatus", "")))


def message_status(word: str) -> MessageStatus:
    """Raises `BadRequest` for a word that is not in the table; the word itself is not repeated."""
    known = MESSAGE_STATUSES.get(word)
    if known is None:
        raise BadRequest(f"unknown MessageStatus; known are {', '.join(MESSAGE_STATUSES)}")
    return known


class _Message(Protocol):
    """What we use of the SDK's message, which is untyped."""

    sid: str | None


class TwilioTexting:
    """Sends messages and deletes them: `gateway.ports.Texting`. Only the dialler makes one."""

    def __init__(
        self, *, account: str, token: str, service_number: str, public_url: str, pace: Pace, transport: Transport
    ) -> None:
        """Asks nobody anything yet. `public_url` is our own address as the provider reaches it."""
        client = Client(account, token, http_client=transport, environment=dict(NO_ENVIRONMENT))
        self._messages = client.messages
        self._service_number = service_number
        self._public_url = public_url.rstrip("/")
        self._pace = pace

    @property
    def keeps_records(self) -> bool:
        """See `Texting.keeps_records`."""
        return True

    def send(self, to: PhoneNumber, text: str, *, valid_for: timedelta, token: str) -> MessageId:
        """See `Texting.send`. Waits for its turn first. Twilio keeps neither the text nor the number's last digits."""
        self._pace()
        message: _Message | None = ask(
            lambda: self._messages.create(
                to=to.reveal(),
                from_=self._service_number,
                body=text,
                validity_period=_seconds(valid_for),
                content_retention="discard",
                address_retention="obfuscate",
                smart_encoded=False,  # or quotation marks are exchanged behind our back
                status_callback=f"{self._public_url}{REPORTS}/{token}",
            ),
            also=MESSAGE_REFUSALS,
        )
        sid = None if message is None else message.sid
        if not isinstance(sid, str) or not CALL_ID.fullmatch(sid):
            raise ProviderUncertain(UNREADABLE)
        return MessageId(sid)

    def forget(self, message: MessageId) -> None:
        """See `Texting.forget`. For messages of both directions; an outgoing one must be final first."""
        ask(
            lambda: self._messages(message).delete(),
            repeatable=True,
            unless=lambda status, code: status == 404,
            later=frozenset({400, 409}),
            also=MESSAGE_REFUSALS,
        )


def _arrived(fields: Mapping[str, str]) -> MessageArrived:
    return MessageArrived(
        id=_message_id(fields),
        from_text=fields.get("From", ""),
        to=fields.get("To", ""),
        text=fields.get("Body", ""),
        kept_there=True,
    )


def _message_id(fields: Mapping[str, str]) -> MessageId:
    return MessageId(needed(fields, "MessageSid", CALL_ID))


def _seconds(length: timedelta) -> int:
    """Whole seconds, rather less than more: late is a danger."""
    return max(1, min(length, _LONGEST_LIFE) // timedelta(seconds=1))
