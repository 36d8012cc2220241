"""The people's side of SMS and USSD, as JSON under /sim."""

from typing import Final

from aiohttp import web

from gateway.simulator.controlforms import Body, Row, Wrong, read_body, read_number, read_text
from gateway.simulator.network import Network
from gateway.simulator.ussd import Dialog

_MESSAGE_FIELDS: Final = frozenset(["from", "to", "text", "id"])
_USSD_FIELDS: Final = frozenset(["from", "code", "id", "session", "input", "cancel", "drop"])
_LONGEST_MESSAGE: Final = 10_000
_LONGEST_SENDER: Final = 20
_LONGEST_INPUT: Final = 182
_LONGEST_ID: Final = 64


class TextControl:
    """Writes messages, and types on USSD screens."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def table(self) -> list[Row]:
        """Method, path and handler."""
        return [("POST", "/sim/messages", self._write), ("POST", "/sim/ussd", self._ussd)]

    async def _write(self, request: web.Request) -> web.StreamResponse:
        """{from, to, text, id?}: the sender need not have a phone here, nor be a number."""
        body = await read_body(request, _MESSAGE_FIELDS)
        message = self._network.messaging.write(
            read_text(body, "from", most=_LONGEST_SENDER),
            read_number(body, "to"),
            read_text(body, "text", most=_LONGEST_MESSAGE),
            sid=read_text(body, "id", most=_LONGEST_ID, default=""),
        )
        size = message.size
        told = {"message_sid": message.sid, "encoding": size.encoding, "units": size.units, "parts": size.parts}
        return web.json_response(told, status=201)

    async def _ussd(self, request: web.Request) -> web.StreamResponse:
        """{from, code, id?} opens, {session, input} goes on, {session, cancel: true} and {session, drop: true} end."""
        body = await read_body(request, _USSD_FIELDS)
        return web.json_response((await self._dialog(body)).shown())

    async def _dialog(self, body: Body) -> Dialog:
        ussd = self._network.ussd
        if "session" not in body:
            phone = self._network.registry.phones.get(read_number(body, "from"))
            if phone is None:
                raise web.HTTPNotFound
            wire_id = read_text(body, "id", most=_LONGEST_ID, default="")
            return await ussd.open(phone, read_text(body, "code", most=_LONGEST_ID), wire_id=wire_id)
        session = read_text(body, "session", most=_LONGEST_ID)
        if "input" in body:
            return await ussd.type(session, read_text(body, "input", most=_LONGEST_INPUT))
        for field, reason in (("cancel", "cancelled"), ("drop", "dropped")):
            if body.get(field) is True:
                return ussd.end(session, reason)
        raise Wrong("a dialog goes on with input, or ends with cancel or drop")
