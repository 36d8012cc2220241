"""Twilio's side of the REST API, on loopback: answers what it is told to, and keeps every request."""

import json
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from gateway.simulator.resources import BELOW_A_CALL

ACCOUNT = "AC" + "a" * 32
CALL = "CA" + "b" * 32


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    form: dict[str, list[str]]
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer: a body, or nothing at all (`cut`), after `delay` seconds.

    A body that is a function is given the request, and gives the answer in the place of this one.
    """

    status: int = 200
    body: Any = None
    delay: float = 0
    cut: bool = False


@dataclass(slots=True)
class RestServer:
    """Its address, the answers still to be given in order (the last one again and again), and what came in."""

    url: str = ""
    answers: deque[Answer] = field(default_factory=deque)
    requests: list[Request] = field(default_factory=list)

    def will(self, *answers: Answer) -> None:
        self.answers.extend(answers)

    def next_answer(self) -> Answer:
        return self.answers.popleft() if len(self.answers) > 1 else self.answers[0]


def call_json(**changes: Any) -> dict[str, Any]:
    """A call as Twilio describes it."""
    uri = f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{changes.get('sid', CALL)}"
    return {
        "account_sid": ACCOUNT,
        "annotation": None,
        "answered_by": None,
        "api_version": "2010-04-01",
        "caller_name": None,
        "date_created": "Mon, 24 Nov 2025 10:00:00 +0000",
        "date_updated": None,
        "direction": "outbound-api",
        "duration": None,
        "end_time": None,
        "forwarded_from": None,
        "from": "+9647500000000",
        "from_formatted": "+9647500000000",
        "group_sid": None,
        "parent_call_sid": None,
        "phone_number_sid": None,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": CALL,
        "start_time": None,
        "status": "queued",
        "subresource_uris": {name: f"{uri}/{below}.json" for name, below in BELOW_A_CALL.items()},
        "to": "+9647701234567",
        "to_formatted": "+9647701234567",
        "trunk_sid": None,
        "uri": f"{uri}.json",
        **changes,
    }


def error_json(code: int, message: str, status: int) -> dict[str, Any]:
    """A refusal as Twilio describes it; its sentence likes to repeat the number."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": message, "more_info": more, "status": status}


@contextmanager
def running() -> Iterator[RestServer]:
    """A server on a free port of 127.0.0.1 for as long as the block lasts."""
    scene = RestServer()

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            super().handle_one_request()
            self.close_connection = True

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            request = Request(self.command, parts.path, parse_qs(parts.query), parse_qs(body), dict(self.headers))
            scene.requests.append(request)
            answer = scene.next_answer()
            time.sleep(answer.delay)
            if answer.cut:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            answer = answer.body(request) if callable(answer.body) else answer
            content = answer.body.encode() if isinstance(answer.body, str) else json.dumps(answer.body).encode()
            try:
                self.send_response(answer.status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(b"" if answer.body is None else content)
            except OSError:
                pass  # the client gave up waiting, as some tests want it to

        do_GET = do_POST = do_DELETE = _serve

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    scene.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield scene
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
