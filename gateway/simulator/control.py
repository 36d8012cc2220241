"""The people's side, as JSON under /sim: hold phones, press keys, watch what happens, make things go wrong."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiohttp import web

from gateway.simulator.calls import By, Call, Direction, OnRing, Phone, Status
from gateway.simulator.events import MOST_EVENTS
from gateway.simulator.faults import Plan, UnknownFault
from gateway.simulator.network import Network, NotPossible

_LONGEST_WAIT: Final = 60.0  # real seconds of one long poll
_HEARTBEAT: Final = 15.0
_MOST_AT_ONCE: Final = 1_000  # events in one breath of a stream
_LONGEST_NUMBER: Final = 20
_PHONE_FIELDS: Final = frozenset(["number", "name", "on_ring", "answer_after", "keys", "impatient"])
_CALL_FIELDS: Final = frozenset(["from", "to", "keys", "withheld"])
_KEYPAD: Final = frozenset("0123456789*#")

Body = Mapping[str, object]


class Wrong(Exception):
    """A request that cannot be understood."""


class Control:
    """Answers the phones page and the tests."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def routes(self) -> list[web.RouteDef]:
        """All of them."""
        table: list[tuple[str, str, Callable[[web.Request], Awaitable[web.StreamResponse]]]] = [
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
        return [web.route(method, path, _answering(handler)) for method, path, handler in table]

    async def _health(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True})

    async def _settings(self, request: web.Request) -> web.StreamResponse:
        """The service's numbers, the hotline first, and how fast time runs."""
        settings = self._network.settings
        return web.json_response({"numbers": list(settings.numbers), "speed": settings.speed})

    async def _phones(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"phones": [self._shown(phone) for phone in self._network.registry.phones.values()]})

    async def _phone(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._shown(self._found(request)))

    async def _change_phone(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request, _PHONE_FIELDS)
        number = _number(body, "number")
        phone = self._network.registry.phones.get(number) or Phone(number)
        wanted = OnRing(_choice(body, "on_ring", [*OnRing], phone.on_ring.value))
        keys = _keys(body, phone.keys)
        phone.answer_after = _seconds(body, "answer_after", phone.answer_after)
        phone.name = str(body.get("name", phone.name))[:100]
        phone.impatient = body.get("impatient", phone.impatient) is True
        phone.on_ring, phone.keys = wanted, keys
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
        body = await _body(request, frozenset(["keys"]))
        keys = str(body.get("keys", ""))
        if not keys or len(keys) > 100 or not set(keys) <= _KEYPAD:
            raise Wrong("keys must be 1 to 100 of 0-9 * #")
        call = _in_call(self._found(request))
        if call.status is not Status.IN_PROGRESS:
            raise NotPossible("this phone is not in a call yet")
        return web.json_response({"heard": self._network.hearing.press(call, keys, by="hand")})

    async def _dial(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request, _CALL_FIELDS)
        phone = self._network.registry.phones.get(_number(body, "from"))
        if phone is None:
            raise web.HTTPNotFound
        withheld = body.get("withheld", False) is True
        call = self._network.dial(phone, _number(body, "to"), keys=_keys(body, phone.keys), withheld=withheld)
        return web.json_response({"call_sid": call.sid}, status=201)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        after = _query(request, "after", 0)
        wait = min(_LONGEST_WAIT, _query(request, "wait", 0))
        most = int(_query(request, "limit", MOST_EVENTS))
        events = await self._network.events.wait_after(int(after), wait, most=most)
        return web.json_response({"events": events, "last": self._network.events.last})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events, until the reader goes away."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        resumed = request.headers.get("Last-Event-ID", "")
        after = int(resumed) if resumed.isascii() and resumed.isdigit() else int(_query(request, "after", 0))
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
        plan = Plan.parse(await _body(request, None))
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
        call = phone.call
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
        }


def _answering(
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Turn refusals into JSON."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (Wrong, UnknownFault) as problem:
            return web.json_response({"error": str(problem)}, status=400)
        except NotPossible as problem:
            return web.json_response({"error": str(problem)}, status=409)
        except web.HTTPNotFound:
            return web.json_response({"error": "there is no such phone"}, status=404)

    return answer


async def _body(request: web.Request, known: frozenset[str] | None) -> Body:
    try:
        body = json.loads(await request.text() or "{}")
    except ValueError:
        raise Wrong("the body is not JSON") from None
    if not isinstance(body, dict):
        raise Wrong("the body must be a JSON object")
    strange = set(body) - known if known is not None else set()
    if strange:
        raise Wrong(f"unknown field {sorted(strange)[0]!r}; known are {sorted(known or ())}")
    return body


def _in_call(phone: Phone) -> Call:
    if phone.call is None:
        raise NotPossible("this phone is idle")
    return phone.call


def _number(body: Body, name: str) -> str:
    number = body.get(name)
    if not isinstance(number, str) or not 0 < len(number) <= _LONGEST_NUMBER:
        raise Wrong(f"{name} must be a telephone number")
    return number


def _choice(body: Body, name: str, known: list[OnRing], default: str) -> str:
    value = body.get(name, default)
    if value not in {choice.value for choice in known}:
        raise Wrong(f"{name} must be one of {', '.join(choice.value for choice in known)}")
    return str(value)


def _keys(body: Body, default: tuple[str, ...]) -> tuple[str, ...]:
    keys = body.get("keys")
    if keys is None:
        return default
    if not isinstance(keys, list) or not all(key == "hangup" or set(str(key)) <= _KEYPAD for key in keys):
        raise Wrong('keys must be a list of entries such as "1", "42", "" (silence) or "hangup"')
    return tuple(str(key) for key in keys)


def _seconds(body: Body, name: str, default: float) -> float:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
        raise Wrong(f"{name} must be seconds, from 0 to 3600")
    return float(value)


def _query(request: web.Request, name: str, default: float) -> float:
    text = request.query.get(name, "")
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e12:
        raise Wrong(f"{name} must be a number of at least 0")
    return value
