"""A small service for the network to talk to: documents by path, and all requests remembered. It checks signatures."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # the SDK ships no py.typed

TOKEN = "the auth token of these tests"

Params = dict[str, str]
Page = str | Callable[[Params], "str | tuple[int, str]"]


@dataclass(frozen=True)
class Visit:
    """One request of the network's."""

    at: float
    method: str
    path: str
    query: Params
    params: Params
    token: str
    signed: bool


@dataclass
class Service:
    """`pages`: path -> document, or a function of the form; other paths answer 204. `plain` paths are no XML."""

    address: str = ""
    pages: dict[str, Page] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)
    plain: set[str] = field(default_factory=lambda: {"/ussd"})

    def url(self, path: str) -> str:
        """An absolute address."""
        return self.address + path

    def to(self, path: str) -> list[Visit]:
        """The visits to a path, in order."""
        return [visit for visit in self.visits if visit.path == path]

    def answer(self, path: str, params: Params) -> tuple[int, str]:
        """Status and body."""
        page = self.pages.get(path, "")
        found = page(params) if callable(page) else page
        return found if isinstance(found, tuple) else (200 if found else 204, found)


class Server(ThreadingHTTPServer):
    """Takes two hundred calls at once."""

    request_queue_size = 512
    daemon_threads = True
    service: Service

    def handle_error(self, request: object, client_address: object) -> None:
        """A network that ends lets go of its connections: nothing to report."""


class Handler(BaseHTTPRequestHandler):
    """Reads a form, remembers it, answers with a document."""

    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        self._answer(dict(parse_qsl(body, keep_blank_values=True)))

    def do_GET(self) -> None:
        self._answer({})

    def _answer(self, form: Params) -> None:
        service, parts = self.server.service, urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        signature = self.headers.get("X-Twilio-Signature", "")
        signed = RequestValidator(TOKEN).validate(service.address + self.path, form, signature)
        token = self.headers.get("I-Twilio-Idempotency-Token", "")
        service.visits.append(Visit(time.monotonic(), self.command, parts.path, query, form or query, token, signed))
        status, text = service.answer(parts.path, form or query)
        self.send_response(status)
        kind = "plain" if parts.path in service.plain else "xml"
        self.send_header("Content-Type", f"text/{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def serving() -> Iterator[Service]:
    """A service on a free port of this machine."""
    server = Server(("127.0.0.1", 0), Handler)
    server.service = Service(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.service
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
