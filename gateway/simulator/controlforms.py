"""What people may ask of the network under /sim, read from JSON; and refusals, as JSON."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from enum import StrEnum
from typing import Final, TypeVar

from aiohttp import web

from gateway.simulator.errors import NotPossible
from gateway.simulator.faults import UnknownFault

KEYPAD: Final = frozenset("0123456789*#")
_LONGEST_NUMBER: Final = 20

Body = Mapping[str, object]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Row = tuple[str, str, Handler]
Choice = TypeVar("Choice", bound=StrEnum)


class Wrong(Exception):
    """A request that cannot be understood."""


def routes_of(table: Iterable[Row]) -> list[web.RouteDef]:
    """Method, path and handler as routes that answer refusals with JSON."""
    return [web.route(method, path, _answering(handler)) for method, path, handler in table]


async def read_body(request: web.Request, known: frozenset[str] | None) -> Body:
    """The JSON object in a request; with `known`, no other fields. Raises `Wrong`."""
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


def read_number(body: Body, name: str) -> str:
    """A telephone number, or what stands in its place. Raises `Wrong`."""
    number = body.get(name)
    if not isinstance(number, str) or not 0 < len(number) <= _LONGEST_NUMBER:
        raise Wrong(f"{name} must be a telephone number")
    return number


def read_choice(body: Body, name: str, default: Choice) -> Choice:
    """One word of a closed set. Raises `Wrong`."""
    kind = type(default)
    value = body.get(name, default)
    if value not in set(kind):
        raise Wrong(f"{name} must be one of {', '.join(kind)}")
    return kind(str(value))


def read_text(body: Body, name: str, *, most: int, default: str | None = None) -> str:
    """A text of at most so many letters. Raises `Wrong`."""
    value = body.get(name, default)
    if not isinstance(value, str) or len(value) > most:
        raise Wrong(f"{name} must be a text of at most {most} letters")
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Wrong(f"{name} holds half a letter, which no phone can send")
    return value


def read_keys(body: Body, default: tuple[str, ...]) -> tuple[str, ...]:
    """What a phone presses by itself. Raises `Wrong`."""
    keys = body.get("keys")
    if keys is None:
        return default
    if not isinstance(keys, list) or not all(key == "hangup" or set(str(key)) <= KEYPAD for key in keys):
        raise Wrong('keys must be a list of entries such as "1", "42", "" (silence) or "hangup"')
    return tuple(str(key) for key in keys)


def read_seconds(body: Body, name: str, default: float, *, most: float = 3600) -> float:
    """A length of time. Raises `Wrong`."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise Wrong(f"{name} must be seconds, from 0 to {most:g}")
    return float(value)


def read_query(request: web.Request, name: str, default: float) -> float:
    """A number in the address. Raises `Wrong`."""
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


def _answering(handler: Handler) -> Handler:
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
