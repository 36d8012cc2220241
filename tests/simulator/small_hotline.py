"""A hotline of a few lines and a network beside it, for tests of the phones' page."""

import json
import subprocess
import sys
import threading
import urllib.request
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

HOTLINE, STAFF = "+9647300000100", "+9647300000101"
ACCOUNT, TOKEN = "AC" + "a" * 32, "secret"
GREETING = "أهلاً بكِ. معكِ خط سند. للاتصال اضغطي اثنين."
NUMBER_TOLD = "الرقم هو سبعة واحد."
OFFER = "قضية جديدة. للقبول اضغطي واحد."
HOSTILE = "<img src=x onerror=alert(1)>"
SCREEN = "اختاري:\n1 خطر الآن\n2 اتصلوا بي\n3 معلومات\n4 إلغاء ومسح"
DONE = "تم. لستِ وحدك"
TEXTED = "تم تسجيل الطلب 47. الاتصال في الوقت المختار. للإلغاء: توقف"
CODE = "*726#"
GLOSSARY = [
    {"ar": SCREEN, "en": "Choose:\n1 danger now\n2 call me\n3 information\n4 cancel and erase"},
    {"ar": DONE, "en": "Done. You are not alone"},
    {
        "ar": "تم تسجيل الطلب {secret}. الاتصال في الوقت المختار. للإلغاء: توقف",
        "en": "Request {secret} recorded. Call at the chosen time. To cancel: STOP",
    },
    {
        "ar": "أهلاً بكِ. معكِ خط {name}. للاتصال اضغطي اثنين.",
        "en": "Welcome. This is the {name} line. For a call press two.",
    },
    {"ar": "الرقم هو {secret}.", "en": "The number is {secret}."},
    {"ar": "قضية جديدة. للقبول اضغطي واحد.", "en": "A new case. To accept press one."},
    *({"ar": ar, "en": en} for ar, en in [("سبعة", "seven"), ("واحد", "one"), ("سند", "Sanad")]),
]  # fmt: skip
ROOM = '<Dial><Conference beep="false" endConferenceOnExit="true">room</Conference></Dial>'


class Hotline(ThreadingHTTPServer):
    """Speaks TwiML. `panel` is what it shows of its store; None is a store that does not answer."""

    daemon_threads = True
    panel: Mapping[str, Any] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def words(self, path: str, form: str) -> str:
        if path == "/offer":
            return self.question(OFFER, "/meet")
        if path == "/voice":
            return self.question(GREETING, "/told")
        if path == "/told" and "Digits=9" in form:
            return say(HOSTILE) + '<Pause length="60"/>'
        if path == "/text":
            return f"<Message>{escape(HOSTILE if 'Body=9' in form else TEXTED)}</Message>"
        return (say(NUMBER_TOLD) if path == "/told" else "") + ROOM

    def question(self, sentence: str, then: str) -> str:
        return f'<Gather numDigits="1" timeout="60" action="{self.url}{then}">{say(sentence)}</Gather>'


def say(sentence: str) -> str:
    return f'<Say language="arb">{escape(sentence)}</Say>'


class Face(BaseHTTPRequestHandler):
    server: Hotline

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/ussd":
            self._answer("text/plain", (f"END {DONE}" if "text=2" in form else f"CON {SCREEN}").encode())
            return
        words = self.server.words(self.path.partition("?")[0], form)
        self._answer("text/xml", f"<Response>{words}</Response>".encode())

    def do_GET(self) -> None:
        if self.server.panel is None:
            self.send_error(503)
        else:
            self._answer("application/json", json.dumps(self.server.panel).encode())

    def _answer(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def running_hotline() -> Iterator[Hotline]:
    server = Hotline(("127.0.0.1", 0), Face)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass(frozen=True)
class Network:
    """The simulator as a process of its own."""

    url: str

    def post(self, path: str, body: Mapping[str, Any]) -> None:
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10):
            pass

    def ring(self, number: str, *, url: str) -> None:
        """The service calls a phone, as it would at Twilio."""
        form = urlencode({"To": number, "From": HOTLINE, "Url": url}).encode()
        key = b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        address = f"{self.url}/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
        with urllib.request.urlopen(
            urllib.request.Request(address, form, {"Authorization": f"Basic {key}"}), timeout=10
        ):
            pass


@contextmanager
def running_network(hotline: Hotline, folder: Path, *, port: str = "0") -> Iterator[Network]:
    glossary = folder / "glossary.json"
    glossary.write_text(json.dumps(GLOSSARY), "utf-8")
    options = {
        "--port": port, "--gateway": hotline.url, "--account-sid": ACCOUNT, "--auth-token": TOKEN, "--speed": "20",
        "--sms-path": "/text", "--ussd-url": f"{hotline.url}/ussd", "--ussd-code": CODE,
        "--number": f"{HOTLINE}=/voice", "--glossary": str(glossary), "--panel": f"{hotline.url}/store",
    }  # fmt: skip
    words = [word for pair in options.items() for word in pair]
    command = [sys.executable, "-m", "gateway.simulator", *words, "--number", f"{STAFF}=/voice"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Network(process.stdout.readline().split()[-1])
    finally:
        process.terminate()
        process.wait(10)
