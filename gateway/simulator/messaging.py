"""Moves messages: from the service to a telephone, with receipts, and from a telephone to the service, with replies."""

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import urljoin

from gateway.simulator.callbacks import API_VERSION, country
from gateway.simulator.calls import OnMessage, Phone
from gateway.simulator.crew import Crew
from gateway.simulator.errors import NotPossible
from gateway.simulator.events import EventLog, Kind
from gateway.simulator.faults import Faults
from gateway.simulator.messages import Message, MessageBook, MessageDirection, MessageStatus
from gateway.simulator.messagetwiml import Reply, replies_in
from gateway.simulator.registry import Registry
from gateway.simulator.timing import Pace, now
from gateway.simulator.twiml import BadTwiml
from gateway.simulator.units import size_of
from gateway.simulator.webhooks import Answer, WebhookFailed, Webhooks

_QUEUE_SECONDS: Final = 0.1
_AIR_SECONDS: Final = 0.4
_MACHINE_SECONDS: Final = 1.0  # until a machine has its answer ready
_MOST_AUTO_ANSWERS: Final = 200
_REORDERED_SECONDS: Final = 1.5
_REFUSED: Final = 30008
_NO_SUCH_PHONE: Final = 30005
_TOO_LATE: Final = 30036
_XML_TYPES: Final = frozenset(["text/xml", "application/xml", "text/html"])


class Messaging:
    """The network's message centre."""

    def __init__(
        self,
        webhooks: Webhooks,
        *,
        account: str,
        url: str,
        numbers: frozenset[str],
        book: MessageBook,
        registry: Registry,
        crew: Crew,
        pace: Pace,
        events: EventLog,
        faults: Faults,
    ) -> None:
        """`url` is where messages to the service's `numbers` are told; "" if it takes none."""
        self._webhooks = webhooks
        self._account = account
        self._url = url
        self._numbers = numbers
        self._book = book
        self._registry = registry
        self._crew = crew
        self._pace = pace
        self._events = events
        self._faults = faults

    def send(self, message: Message) -> None:
        """The service's message sets out for a telephone."""
        self._book.add(message)
        self._note(message, direction="in")
        self._crew.start(self._deliver(message))

    def write(self, sender: str, to: str, text: str, *, sid: str = "") -> Message:
        """Somebody writes to the service. With the id of a known message, the network only tells that one again.

        Raises `NotPossible`.
        """
        if to not in self._numbers or not self._url:
            raise NotPossible("this number takes no messages")
        known = self._book.find(sid) if sid else None
        message = Message(self._account, sender, to, text, MessageDirection.INBOUND, status=MessageStatus.RECEIVED)
        message.sid = sid or message.sid
        if known is None:
            self._book.add(message)
            phone = self._registry.phones.get(sender)
            if phone is not None:
                phone.messages.append(_entry(message, direction="out"))
            self._note(message, direction="out")
        self._crew.start(self._report(message))
        return message

    async def _deliver(self, message: Message) -> None:
        self._move(message, MessageStatus.QUEUED)
        await self._pace.sleep(_QUEUE_SECONDS)
        phone = self._registry.phones.get(message.to)
        if phone is not None and phone.sms is OnMessage.FAIL:
            self._move(message, MessageStatus.FAILED, error=_REFUSED)
            return
        self._move(message, MessageStatus.SENT)
        if phone is None:
            await self._pace.sleep(_AIR_SECONDS)
            self._move(message, MessageStatus.UNDELIVERED, error=_NO_SUCH_PHONE)
            return
        lost = phone.sms is OnMessage.LOST
        try:
            async with asyncio.timeout(self._pace.real(message.validity)):
                await (_never() if lost else self._reach(phone))
        except TimeoutError:
            self._expire(message, lost=lost)
            return
        phone.messages.append(_entry(message, direction="in"))
        self._move(message, MessageStatus.DELIVERED)
        if phone.sms_auto:
            self._crew.start(self._answer(phone, message.sender))

    async def _reach(self, phone: Phone) -> None:
        """Returns when the message can be shown on the phone."""
        await self._pace.sleep(phone.sms_late if phone.sms is OnMessage.LATE else _AIR_SECONDS)
        while phone.sms is OnMessage.OFF:
            await phone.changed.wait()

    def _expire(self, message: Message, *, lost: bool) -> None:
        """Of a lost message nobody ever hears again."""
        if lost:
            message.overdue = True
            message.settle()
        else:
            self._move(message, MessageStatus.UNDELIVERED, error=_TOO_LATE)

    async def _answer(self, phone: Phone, to: str) -> None:
        """A machine answers whatever comes, until somebody must have noticed."""
        await self._pace.sleep(_MACHINE_SECONDS)
        if phone.auto_answers >= _MOST_AUTO_ANSWERS:
            self._events.add(Kind.VIOLATION, message="messages that go round in circles", number=phone.number)
            return
        phone.auto_answers += 1
        self.write(phone.number, to, phone.sms_auto)

    async def _report(self, message: Message) -> None:
        """Tell the service of a message, and send what it replies."""
        params = {**_params(message), "SmsStatus": message.status.value, "Body": message.body}
        params |= {"NumMedia": "0", "NumSegments": str(message.size.parts)}
        params |= {f"{side}Country": country(params[side]) for side in ("From", "To")}
        params |= {f"{side}{part}": "" for side in ("From", "To") for part in ("City", "State", "Zip")}
        try:
            answer = await self._webhooks.ask(self._url, method="POST", params=params)
            replies = _replies(answer)
        except (WebhookFailed, BadTwiml) as problem:
            self._complain(message, problem)
            return
        for reply in replies:
            callback = urljoin(self._url, reply.callback) if reply.callback else ""
            self.send(
                Message(
                    self._account, message.to, message.sender, reply.body, MessageDirection.REPLY, callback=callback
                )
            )

    def _complain(self, message: Message, problem: WebhookFailed | BadTwiml) -> None:
        told = {"message": str(problem), "code": problem.code, "message_sid": message.sid}
        if isinstance(problem, BadTwiml):
            self._events.add(Kind.VIOLATION, **told, forbidden=problem.forbidden, url=self._url)
        self._events.add(Kind.APPLICATION_ERROR, **told, number=message.sender, where="message")

    def _note(self, message: Message, *, direction: str) -> None:
        entry = _entry(message, direction=direction)
        self._events.add(Kind.MESSAGE, number=message.far_number, **{key: entry[key] for key in entry if key != "at"})

    def _move(self, message: Message, status: MessageStatus, *, error: int | None = None) -> None:
        message.status, message.error_code, message.updated_at = status, error, now()
        if status is MessageStatus.SENT:
            message.sent_at = message.updated_at
        self._events.add(
            Kind.MESSAGE_STATUS,
            number=message.to,
            message_sid=message.sid,
            status=status.value,
            error_code=error,
            parts=message.size.parts,
        )
        self._tell(message)
        message.settle()

    def _tell(self, message: Message) -> None:
        """The status callback, after those before it, unless a fault loses or reorders it."""
        if not message.callback:
            return
        params = _params(message) | {"SmsStatus": message.status.value, "MessageStatus": message.status.value}
        if message.error_code is not None:
            params["ErrorCode"] = str(message.error_code)
        for fault in ("drop_status", "reorder_status"):
            if self._faults.strikes(fault):
                self._events.add(Kind.FAULT, fault=fault, message_sid=message.sid, event=message.status.value)
                if fault == "reorder_status":
                    self._crew.start(self._send_status(message, params, late=True))
                return
        message.told = self._crew.start(self._send_status(message, params, before=message.told))

    async def _send_status(
        self,
        message: Message,
        params: Mapping[str, str],
        *,
        before: "asyncio.Task[None] | None" = None,
        late: bool = False,
    ) -> None:
        if late:
            await self._pace.sleep(_REORDERED_SECONDS)
        if before is not None:
            await asyncio.wait({before})
        try:
            await self._webhooks.ask(message.callback, method="POST", params=params)
        except WebhookFailed:
            return  # the webhook event tells it; Twilio leaves it at that, too


async def _never() -> None:
    await asyncio.Event().wait()


def _replies(answer: Answer) -> tuple[Reply, ...]:
    if answer.status == 204 or not answer.body:
        return ()
    if answer.content_type not in _XML_TYPES:
        raise BadTwiml(f"the content type {answer.content_type} is not XML", code=12300)
    return replies_in(answer.body)


def _params(message: Message) -> dict[str, str]:
    """The form fields that tell the service which message this is."""
    ids = {"MessageSid": message.sid, "SmsSid": message.sid, "SmsMessageSid": message.sid}
    if message.direction is not MessageDirection.INBOUND:
        del ids["SmsMessageSid"]
    return ids | {
        "AccountSid": message.account,
        "From": message.sender,
        "To": message.to,
        "ApiVersion": API_VERSION,
    }


def _entry(message: Message, *, direction: str) -> dict[str, object]:
    """A line of a phone's thread. `direction` is the phone's: in or out."""
    size = size_of(message.body)
    return {
        "at": now().isoformat(),
        "direction": direction,
        "text": message.body,
        "with": message.sender if direction == "in" else message.to,
        "encoding": size.encoding,
        "units": size.units,
        "parts": size.parts,
        "message_sid": message.sid,
    }
