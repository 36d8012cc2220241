"""Messages on Twilio's REST face."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from gateway.simulator.forms import Form, Refused, is_within, know, not_found
from gateway.simulator.messageforms import read_message, read_redaction
from gateway.simulator.messages import Message
from gateway.simulator.network import Network
from gateway.simulator.resources import PAGING, Json, message_json, page_json
from gateway.simulator.timing import now

_DATE_FILTERS: Final = ("DateSent", "DateSent<", "DateSent>")
_FILTERS: Final = PAGING | {"To", "From", *_DATE_FILTERS}

Reply = tuple[int, Json | None]
Handler = Callable[[web.Request, Form], Awaitable[Reply]]


class MessageRest:
    """Answers what Twilio's SDK asks of messages."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def table(self, base: str) -> list[tuple[str, str, Handler]]:
        """Method, path and handler of each question."""
        message = f"{base}/Messages/{{message}}.json"
        return [
            ("POST", f"{base}/Messages.json", self._create),
            ("GET", f"{base}/Messages.json", self._list),
            ("GET", message, self._fetch),
            ("POST", message, self._redact),
            ("DELETE", message, self._delete),
        ]

    async def _create(self, request: web.Request, form: Form) -> Reply:
        settings = self._network.settings
        message = read_message(form, account=settings.account, own_numbers=frozenset(settings.numbers))
        self._network.messaging.send(message)
        return 201, message_json(message)

    async def _list(self, request: web.Request, form: Form) -> Reply:
        know(form, _FILTERS)
        query = {name: values[0] for name, values in form.items()}
        found = [message_json(message) for message in self._network.messages.newest_first() if _matches(message, query)]
        return 200, page_json("messages", found, path=request.path, query=query)

    async def _fetch(self, request: web.Request, form: Form) -> Reply:
        return 200, message_json(self._message(request))

    async def _redact(self, request: web.Request, form: Form) -> Reply:
        read_redaction(form)
        message = self._final(request)
        message.body, message.updated_at = "", now()
        return 200, message_json(message)

    async def _delete(self, request: web.Request, form: Form) -> Reply:
        self._network.messages.forget(self._final(request))
        return 204, None

    def _message(self, request: web.Request) -> Message:
        message = self._network.messages.find(request.match_info["message"])
        if message is None:
            raise not_found()
        return message

    def _final(self, request: web.Request) -> Message:
        message = self._message(request)
        if not message.final:
            raise Refused(409, 20009, "The message is not final yet")
        return message


def _matches(message: Message, query: dict[str, str]) -> bool:
    asked = {"To": message.shown_to, "From": message.sender}
    if any(query[name] != value for name, value in asked.items() if name in query):
        return False
    return all(is_within(name, message.sent_at, query[name]) for name in _DATE_FILTERS if name in query)
