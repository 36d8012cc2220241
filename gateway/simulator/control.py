"""The people's side, as JSON under /sim: hold phones, press keys, watch what happens, make things go wrong."""

import asyncio
import json
from typing import Final

from aiohttp import web

from gateway.simulator.calls import By, Call, Direction, Phone, Status
from gateway.simulator.controlforms import (
    KEYPAD,
    Row,
    Wrong,
    read_body,
    read_choice,
    read_keys,
    read_number,
    read_query,
    read_seconds,
    read_text,
    routes_of,
)
from gateway.simulator.controltexts import TextControl
from gateway.simulator.errors import NotPossible
from gateway.simulator.events import MOST_EVENTS
from gateway.simulator.faults import Plan
from gateway.simulator.network import Network

_LONGEST_WAIT: Final = 60.0  # real seconds of one long poll
_HEARTBEAT: Final = 15.0
_MOST_AT_ONCE: Final = 1_000  # events in one breath of a stream
_LONGEST_LATENESS: Final = 40_000  # longer than any message is valid
_LONGEST_AUTO: Final = 1_000
_PHONE_FIELDS: Final = frozenset(
    ["number", "name", "on_ring", "answer_after", "keys", "impatient", "sms", "sms_late", "sms_auto"]
)
_CALL_FIELDS: Final = frozenset(["from", "to", "keys", "withheld"])


class Control:
    """Answers the phones page and the tests."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def routes(self) -> list[web.RouteDef]:
        """All of them."""
        table: list[Row] = [
            ("GET", "/sim/healthz", self._health),
            ("GET", "/sim/settings", self._settings),
            ("GET", "/sim/phones", self._phones),
            ("POST", "/sim/phones", self._change_phone),
            ("GET", "/sim/phones/{number}", self._phone),
            ("POST", "/sim/phones/{number}/answer", self._answer),
            ("POST", "/sim/phones/{number}/decline", self._decline),
            ("POST", "/sim/phones/{number}/hangup", self._hang_up),
            ("POST", "/sim/phones/{number}/press", self._press),
            ("POST", "/sim/calls", self._dial),
            ("GET", "/sim/events", self._events),
            ("GET", "/sim/stream", self._stream),
            ("POST", "/sim/faults", self._faults),
            ("POST", "/sim/reset", self._reset),
        ]
        return routes_of([*table, *TextControl(self._network).table()])

    async def _health(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True})

    async def _settings(self, request: web.Request) -> web.StreamResponse:
        """The service's numbers, the hotline first, and how fast time runs."""
        settings = self._network.settings
        return web.json_response(
            {
                "numbers": list(settings.numbers),
                "speed": settings.speed,
                "sms": bool(settings.sms_path),
                "ussd": bool(settings.ussd_url),
                "ussd_code": settings.ussd_code,
            }
        )

    async def _phones(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"phones": [self._shown(phone) for phone in self._network.registry.phones.values()]})

    async def _phone(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._shown(self._found(request)))

    async def _change_phone(self, request: web.Request) -> web.StreamResponse:
        body = await read_body(request, _PHONE_FIELDS)
        number = read_number(body, "number")
        phone = self._network.registry.phones.get(number) or Phone(number)
        wanted = read_choice(body, "on_ring", phone.on_ring)
        keys = read_keys(body, phone.keys)
        sms = read_choice(body, "sms", phone.sms)
        late = read_seconds(body, "sms_late", phone.sms_late, most=_LONGEST_LATENESS)
        auto = read_text(body, "sms_auto", most=_LONGEST_AUTO, default=phone.sms_auto)
        phone.answer_after = read_seconds(body, "answer_after", phone.answer_after)
        phone.name = str(body.get("name", phone.name))[:100]
        phone.impatient = body.get("impatient", phone.impatient) is True
        phone.on_ring, phone.keys = wanted, keys
        phone.sms, phone.sms_late, phone.sms_auto = sms, late, auto
        phone.changed.set()
        phone.changed = asyncio.Event()
        if phone.call is not None and "keys" in body:
            phone.call.keys = type(phone.call.keys)(keys)
        self._network.register(phone)
        return web.json_response(self._shown(phone))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        phone = self._found(request)
        if not _in_call(phone).settle(Status.IN_PROGRESS):
            raise NotPossible("this phone does not ring")
        return web.json_response(self._shown(phone))

    async def _decline(self, request: web.Request) -> web.StreamResponse:
        phone = self._found(request)
        if not _in_call(phone).settle(Status.BUSY):
            raise NotPossible("this phone does not ring")
        return web.json_response(self._shown(phone))

    async def _hang_up(self, request: web.Request) -> web.StreamResponse:
        phone = self._found(request)
        call = _in_call(phone)
        if not call.settle(Status.BUSY):
            call.hang_up(By.PHONE)
        return web.json_response(self._shown(phone))

    async def _press(self, request: web.Request) -> web.StreamResponse:
        body = await read_body(request, frozenset(["keys"]))
        keys = str(body.get("keys", ""))
        if not keys or len(keys) > 100 or not set(keys) <= KEYPAD:
            raise Wrong("keys must be 1 to 100 of 0-9 * #")
        call = _in_call(self._found(request))
        if call.status is not Status.IN_PROGRESS:
            raise NotPossible("this phone is not in a call yet")
        return web.json_response({"heard": self._network.hearing.press(call, keys, by="hand")})

    async def _dial(self, request: web.Request) -> web.StreamResponse:
        body = await read_body(request, _CALL_FIELDS)
        phone = self._network.registry.phones.get(read_number(body, "from"))
        if phone is None:
            raise web.HTTPNotFound
        withheld = body.get("withheld", False) is True
        call = self._network.dial(phone, read_number(body, "to"), keys=read_keys(body, phone.keys), withheld=withheld)
        return web.json_response({"call_sid": call.sid}, status=201)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        after = read_query(request, "after", 0)
        wait = min(_LONGEST_WAIT, read_query(request, "wait", 0))
        most = int(read_query(request, "limit", MOST_EVENTS))
        events = await self._network.events.wait_after(int(after), wait, most=most)
        return web.json_response({"events": events, "last": self._network.events.last})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events, until the reader goes away."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        resumed = request.headers.get("Last-Event-ID", "")
        after = int(resumed) if resumed.isascii() and resumed.isdigit() else int(read_query(request, "after", 0))
        while request.transport is not None and not request.transport.is_closing():
            events = await self._network.events.wait_after(after, _HEARTBEAT, most=_MOST_AT_ONCE)
            lines = [f"id: {event['n']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n" for event in events]
            try:
                await response.write("".join(lines or [": still here\n\n"]).encode())
            except ConnectionError:
                break
            after = max([after, *(int(str(event["n"])) for event in events)])
        return response

    async def _faults(self, request: web.Request) -> web.StreamResponse:
        plan = Plan.parse(await read_body(request, None))
        self._network.change_faults(plan)
        return web.json_response({"ok": True})

    async def _reset(self, request: web.Request) -> web.StreamResponse:
        await self._network.reset()
        return web.json_response({"ok": True, "last": self._network.events.last})

    def _found(self, request: web.Request) -> Phone:
        phone = self._network.registry.phones.get(request.match_info["number"])
        if phone is None:
            raise web.HTTPNotFound
        return phone

    def _shown(self, phone: Phone) -> dict[str, object]:
        call, dialog = phone.call, self._network.ussd.of(phone)
        return {
            "number": phone.number,
            "name": phone.name,
            "display": phone.display,
            "state": phone.state,
            "on_ring": phone.on_ring.value,
            "answer_after": phone.answer_after,
            "keys": list(phone.keys),
            "impatient": phone.impatient,
            "call_sid": call.sid if call is not None else None,
            "direction": None if call is None else ("out" if call.direction is Direction.INBOUND else "in"),
            "listening": call is not None and call.ear is not None,
            "in_conference": (call.room or None) if call is not None else None,
            "with": self._network.bridges.partners(call),
            "heard": list(phone.heard),
            "sms": phone.sms.value,
            "sms_late": phone.sms_late,
            "sms_auto": phone.sms_auto,
            "messages": list(phone.messages),
            "ussd": dialog.shown() if dialog is not None else None,
        }


def _in_call(phone: Phone) -> Call:
    if phone.call is None:
        raise NotPossible("this phone is idle")
    return phone.call
