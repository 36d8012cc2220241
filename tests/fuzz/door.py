"""The real app behind a bare WSGI call: any bytes can be said to it, as a server would hand them on."""

import base64
import hashlib
import hmac
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Flask
from werkzeug.wrappers import Request

PUBLIC_URL = "https://sanad.example"
AUTH_TOKEN = "a-token-for-tests"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it stands on the wire. `path` and `query` are percent-encoded, or meant to be."""

    method: str
    path: bytes
    query: bytes = b""
    body: bytes = b""
    content_type: str | None = "application/x-www-form-urlencoded"
    headers: Mapping[str, str] = field(default_factory=dict)
    is_trusted: bool = False  # it carries the right signature or the right secret

    def environ(self) -> dict[str, Any]:
        """What a server makes of it."""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(self.path).decode("latin-1"),
            "QUERY_STRING": self.query.decode("latin-1"),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8080",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1:8080",
            "CONTENT_LENGTH": str(len(self.body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(self.body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        if self.content_type is not None:
            environ["CONTENT_TYPE"] = self.content_type
        return {**environ, **{_variable(name): value for name, value in self.headers.items()}}


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def everything(self) -> bytes:
        """All that whoever asked can read."""
        said = "\n".join(f"{name}: {value}" for name, value in self.headers)
        return said.encode("latin-1", "replace") + b"\n\n" + self.body


class Door:
    """Knocks at the app. An error that leaves the app altogether is a status of its own: 599."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def knock(self, asked: Asked) -> Answered:
        """One request and its answer."""
        found: list[tuple[str, tuple[tuple[str, str], ...]]] = []

        def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
            found.append((status, tuple(headers)))
            return lambda data: None

        try:
            parts: Iterable[bytes] = self._app.wsgi_app(asked.environ(), start)
            body = b"".join(parts)
            getattr(parts, "close", lambda: None)()
        except Exception as error:  # the outermost there is: a server would answer 500
            return Answered(599, (), type(error).__name__.encode())
        status, headers = found[-1]
        return Answered(int(status.split()[0]), headers, body)


def signature(asked: Asked) -> str:
    """The provider's signature of a request, over what our side reads as its form."""
    request = Request(asked.environ())
    request.max_content_length = len(asked.body) + 1
    try:
        form = sorted(set(request.form.items(multi=True)))
    except Exception:  # a body that cannot be read has no fields; whether the app thinks so, too, is the question
        form = []
    said = "".join(name + value for name, value in form)
    base = PUBLIC_URL.encode() + asked.path + (b"?" + asked.query if asked.query else b"")
    signed = hmac.digest(AUTH_TOKEN.encode(), base + said.encode("utf-8", "surrogatepass"), hashlib.sha1)
    return base64.b64encode(signed).decode()


def _variable(name: str) -> str:
    return name if name.isupper() and "-" not in name else f"HTTP_{name.upper().replace('-', '_')}"
