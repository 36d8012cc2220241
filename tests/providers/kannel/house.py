"""Debian's Kannel on free ports of this machine: bearerbox, smsbox, and fakesmsc in the operator's place."""

import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import unquote_to_bytes
from urllib.request import urlopen

from flask import Flask, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

from gateway.core.messages import MessageArrived, MessageReport
from gateway.providers.kannel.inbound import Kannel, read_report
from gateway.providers.reading import verify_secret
from gateway.providers.wires import RawRequest, WireAnswer

FAKESMSC = Path("/usr/lib/kannel/test/fakesmsc")
PARTS = ("bearerbox", "smsbox", str(FAKESMSC))
SECRET = "doorofnobodyatall"
PASSWORD = "passwordofnobody"
PATIENCE = 10.0  # seconds until a step counts as failed; each takes well under one
_GOT = re.compile(r"Got message \d+: <(\S+) (\S+) (\S+) ?(.*)>$", re.MULTILINE)

EXAMPLE = Path(__file__).parents[3] / "config" / "kannel.conf.example"
_OPERATOR_GROUP = re.compile(r"^group = smsc\n(?:.+\n)+", re.MULTILINE)
_FAKE_GROUP = """group = smsc
smsc = fake
smsc-id = FAKE
host = 127.0.0.1
port = {operator}
connect-allow-ip = 127.0.0.1
"""


def configuration(folder: Path, ports: dict[str, int], *, recode: bool) -> str:
    """The example that installers copy, filled in, with fakesmsc for its operator."""
    filled_in = {
        "admin-port = 13000": f"admin-port = {ports['admin']}",
        "smsbox-port = 13001": f"smsbox-port = {ports['box']}",
        "sendsms-port = 13013": f"sendsms-port = {ports['sendsms']}",
        "127.0.0.1:8080": f"127.0.0.1:{ports['web']}",
        "/run/kannel/": f"{folder}/",
        "/var/log/kannel/": f"{folder}/",
        "KANNELUSERNAME": "sanad",
        "KANNELPASSWORD": PASSWORD,
        "KANNELSECRET": SECRET,
        "http-queue-delay = 2": "http-queue-delay = 1",
        "group = smsbox\n": f"group = smsbox\nmo-recode = {str(recode).lower()}\n",
    }
    text, found = _OPERATOR_GROUP.subn(_FAKE_GROUP.format(**ports), EXAMPLE.read_text("utf-8"))
    assert found == 1
    for example, real in filled_in.items():
        assert example in text, example
        text = text.replace(example, real)
    return text


def missing_parts() -> list[str]:
    """The programs that are not installed here."""
    return [part for part in PARTS if shutil.which(part) is None]


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for something that is about to happen."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message as the operator got it."""

    sender: str
    receiver: str
    kind: str
    text: str


@dataclass(slots=True)
class Web:
    """Our side: what came in, how it is answered, and with what status as long as it is ill."""

    port: int
    reply: Callable[[MessageArrived], WireAnswer]
    messages: list[MessageArrived] = field(default_factory=list)
    reports: list[MessageReport] = field(default_factory=list)
    ill: int = 0  # requests still to be answered with 503

    def app(self) -> Flask:
        app = Flask("web")
        app.add_url_rule("/kannel/sms", view_func=self._sms, methods=["GET", "POST"])
        app.add_url_rule("/kannel/status/<token>", view_func=self._status)
        return app

    def _sms(self) -> Response:
        verify_secret(SECRET, request.args.get("secret"))
        message = Kannel().read(RawRequest(request.query_string, request.get_data(), request.content_type or ""))
        self.messages.append(message)
        if self.ill:
            self.ill -= 1
            return Response(status=503)
        answer = self.reply(message)
        return Response(answer.body, content_type=answer.content_type, headers=dict(answer.headers))

    def _status(self, token: str) -> Response:
        verify_secret(SECRET, request.args.get("secret"))
        self.reports.append(read_report(RawRequest(request.query_string), token=token))
        return Response(status=200)


class Silent(WSGIRequestHandler):
    """Writes no request to a log: numbers are in them."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


@dataclass(slots=True)
class House:
    """The running parts. Everything started here is ended here, by its own handle."""

    folder: Path
    ports: dict[str, int]
    web: Web
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    calls: int = 0

    @property
    def sendsms_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['sendsms']}/cgi-bin/sendsms"

    def start(self, part: str) -> None:
        self.processes[part] = subprocess.Popen(
            [part, str(self.folder / "kannel.conf")],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: ("on-line" if part == "smsbox" else "Status: running") in self.status(), part)

    def kill(self, part: str) -> None:
        process = self.processes.pop(part)
        process.kill()
        process.wait(PATIENCE)

    def end(self) -> None:
        """Kill whatever runs."""
        for part in list(self.processes):
            self.kill(part)

    def keeps(self, word: str) -> bool:
        """Whether a word stands in the store file."""
        store = self.folder / "store"
        return store.exists() and word.encode() in store.read_bytes()

    def status(self) -> str:
        with suppress(OSError), urlopen(f"http://127.0.0.1:{self.ports['admin']}/status.txt", timeout=2) as answer:
            return str(answer.read().decode("utf-8", "replace"))
        return ""

    def ask(self, path: str) -> int:
        """Ask web as Kannel does; the status of its answer."""
        try:
            with urlopen(f"http://127.0.0.1:{self.ports['web']}{path}", timeout=PATIENCE) as answer:
                return int(answer.status)
        except HTTPError as refused:
            return refused.code

    @contextmanager
    def operator(self, *message: str) -> Iterator[Callable[[], list[Delivered]]]:
        """The operator's link, up for as long as the block lasts: brings a message, and tells what it got."""
        self.calls += 1
        log = self.folder / f"operator{self.calls}"
        arguments = ["-H", "127.0.0.1", "-r", str(self.ports["operator"]), "-i", "0.05", "-m", str(len(message))]
        with log.open("wb") as out:
            process = subprocess.Popen(
                [str(FAKESMSC), *arguments, *(message or ("1 1 text nothing",))],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        try:
            until(lambda: "(online" in self.status(), "the operator's link")
            yield lambda: [_delivered(match) for match in _GOT.finditer(log.read_text("utf-8", "replace"))]
        finally:
            process.kill()
            process.wait(PATIENCE)
            # this wire acknowledges nothing: what is written to a link that died unseen is lost
            until(lambda: "(online" not in self.status(), "the end of the operator's link")


def ucs2(text: str) -> str:
    """A text as fakesmsc wants UCS-2 on its command line."""
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-16-be"))


def _delivered(match: re.Match[str]) -> Delivered:
    sender, receiver, kind, spelled = match.groups()
    raw = unquote_to_bytes(spelled.replace("+", " "))
    text = raw.decode("utf-16-be", "replace") if kind == "ucs-2" else spelled
    return Delivered(sender, receiver, kind, text)


@contextmanager
def running(folder: Path, reply: Callable[[MessageArrived], WireAnswer], *, recode: bool) -> Iterator[House]:
    """The whole house for as long as the block lasts, with a web of the test's own."""
    with serving(folder, recode=recode, reply=reply) as (house, serve):
        serve(house.web.app())
        yield house


def silent(_: MessageArrived) -> WireAnswer:
    """No answer."""
    return WireAnswer(b"", "text/plain")


@contextmanager
def serving(
    folder: Path, *, recode: bool, reply: Callable[[MessageArrived], WireAnswer] = silent
) -> Iterator[tuple[House, Callable[[Flask], None]]]:
    """Kannel for as long as the block lasts, and what puts an app at the address that it asks."""
    ports = dict(zip(("admin", "box", "operator", "sendsms", "web"), free_ports(5), strict=True))
    (folder / "kannel.conf").write_text(configuration(folder, ports, recode=recode), "utf-8")
    house = House(folder, ports, Web(ports["web"], reply))
    with ExitStack() as exits:
        exits.callback(house.end)
        house.start("bearerbox")
        house.start("smsbox")
        yield house, lambda app: _serve(app, house.web.port, exits)


def _serve(app: Flask, port: int, exits: ExitStack) -> None:
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    exits.callback(server.server_close)
    exits.callback(thread.join)
    exits.callback(server.shutdown)


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for listener in sockets:
            listener.bind(("127.0.0.1", 0))
        return [listener.getsockname()[1] for listener in sockets]
    finally:
        for listener in sockets:
            listener.close()
