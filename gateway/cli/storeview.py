"""Shows what the store holds at this moment, as JSON on this machine only: for the page of the demo.

Values are shown as they are, made readable: JSON is laid out, a sealed box is named by its size and its first bytes,
and RQ's own keys are counted.
"""

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from gateway.storage import keys
from gateway.storage.codec import Codec
from gateway.storage.connect import Client

FIRST_BYTES = 12
RQ = "rq:"
HERE = frozenset({"127.0.0.1", "localhost"})
STOP_SECONDS = 5.0


class StoreView:
    """A small server beside a store. `port` 0 takes a free one; `url` is known after `start`."""

    def __init__(self, client: Client, port: int = 0) -> None:
        self._client = client
        self._port = port
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Serve from a thread of its own, which ends with the process. Raises `OSError` if the port is taken."""
        self._server = _Server(("127.0.0.1", self._port), _Face)
        self._server.client, self._server.codec = self._client, Codec()
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving. Stopping twice does no harm."""
        if self._server is None or self._thread is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(STOP_SECONDS)
        self._server = self._thread = None

    @property
    def url(self) -> str:
        """Where it answers. Raises `RuntimeError` before `start`."""
        if self._server is None:
            raise RuntimeError("The view of the store is not running; start it first.")
        return f"http://127.0.0.1:{self._server.server_port}/"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    client: Client
    codec: Codec


class _Face(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """The only page: everything. A page from elsewhere, open in the same browser, must not read it."""
        if urlsplit(f"//{self.headers.get('Host', '')}").hostname not in HERE:
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        if self.path != "/":
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        try:
            body = json.dumps(snapshot(self.server.client, self.server.codec), ensure_ascii=False).encode()
        except Exception:  # the outermost handler: a store that is down is no reason to print its commands
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: a page that asks every second would fill the terminal."""


def snapshot(client: Client, codec: Codec) -> dict[str, Any]:
    """All keys of the store.

    `{"at": ISO time, "keys": [{"key", "kind", "lines": [str], "sealed": bool, "case": {...} or None}]}`; `case` sums
    up a case: `alias`, `state`, `urgency`, `due_at`, `secret`. Keys that go meanwhile are left out.
    """
    names = sorted(client.scan_iter(count=1000))
    ours = [_entry(client, codec, name) for name in names if not name.startswith(RQ.encode())]
    theirs = _folded(client, [name for name in names if name.startswith(RQ.encode())])
    found = [entry for entry in [*ours, *theirs] if entry["lines"]]
    return {"at": datetime.now(UTC).isoformat(timespec="seconds"), "keys": found}


def _entry(client: Client, codec: Codec, name: bytes) -> dict[str, Any]:
    kind = client.type(name).decode()
    parts = list(_parts(client, name, kind))
    return {
        "key": name.decode(errors="backslashreplace"),
        "kind": kind,
        "lines": [line for label, value in parts for line in _readable(label, value)],
        "sealed": any(_text(value) is None for _, value in parts),
        "case": _summary(codec, parts[0][1]) if parts and name.startswith(keys.case("").encode()) else None,
    }


def _parts(client: Client, name: bytes, kind: str) -> Iterator[tuple[str, bytes]]:
    """What a key holds, as (label, value) pairs."""
    match kind:
        case "string":
            value = client.get(name)
            yield from [] if value is None else [("", value)]
        case "hash":
            yield from ((_name(field), value) for field, value in sorted(client.hgetall(name).items()))
        case "set":
            yield from (("", member) for member in sorted(client.smembers(name)))
        case "zset":
            yield from ((f"{score:.0f}", member) for member, score in client.zrange(name, 0, -1, withscores=True))
        case "list":
            yield from (("", item) for item in client.lrange(name, 0, -1))
        case "stream":
            yield from (
                (f"{_name(at)} {_name(field)}", value)
                for at, entry in client.xrange(name)
                for field, value in entry.items()
            )


def _readable(label: str, value: bytes) -> Iterator[str]:
    text = _text(value)
    lines = _sealed(value) if text is None else _laid_out(text)
    first, *others = lines.split("\n")
    yield f"{label}: {first}" if label else first
    yield from others


def _text(value: bytes) -> str | None:
    """The value as text, or None for a box of bytes."""
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if any(letter < " " and letter not in "\t\r\n" for letter in text) else text


def _sealed(value: bytes) -> str:
    return f"sealed, {len(value)} bytes: {value[:FIRST_BYTES].hex(' ')} ..."


def _laid_out(text: str) -> str:
    if not text.startswith(("{", "[")):
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return text


def _summary(codec: Codec, value: bytes) -> Mapping[str, str] | None:
    try:
        case = codec.to_case(value)
    except ValueError:
        return None  # kept by another version of us: its lines are shown all the same
    return {
        "alias": f"{case.alias.first} {case.alias.second}",
        "state": case.state.value,
        "urgency": case.urgency.value,
        "due_at": case.due_at.isoformat(),
        "secret": case.secret,
    }


def _folded(client: Client, names: list[bytes]) -> list[dict[str, Any]]:
    """RQ's keys: a length for each queue and registry, and a count for each other family such as `rq:job:*`."""
    lengths: dict[str, int] = {}
    families: Counter[str] = Counter()
    for name in names:
        match client.type(name).decode():
            case "list":
                lengths[_name(name)] = client.llen(name)
            case "zset":
                lengths[_name(name)] = client.zcard(name)
            case _:
                families[_family(_name(name))] += 1
    counted = [*sorted(lengths.items()), *sorted(families.items())]
    return [
        {"key": name, "kind": "count", "lines": [str(count)], "sealed": False, "case": None} for name, count in counted
    ]


def _family(name: str) -> str:
    """`rq:job:dial-abc` -> `rq:job:*`; a name of two parts is its own family."""
    parts = name.split(":")
    return name if len(parts) < 3 else ":".join([*parts[:2], "*"])


def _name(value: bytes) -> str:
    return value.decode(errors="backslashreplace")
