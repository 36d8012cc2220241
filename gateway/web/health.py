"""Two questions that a machine asks: does the process live, and can it do its work?"""

from collections.abc import Callable
from functools import partial

from flask import Flask, Response

from gateway.core.errors import SanadError

PLAIN = "text/plain; charset=utf-8"


def register(app: Flask, check: Callable[[], None]) -> None:
    """Put `/healthz` and `/readyz` on an app; `check` raises what keeps it from working."""
    app.add_url_rule("/healthz", "healthz", _lives, methods=["GET"])
    app.add_url_rule("/readyz", "readyz", partial(_is_ready, check), methods=["GET"])


def _lives() -> Response:
    return Response("ok\n", content_type=PLAIN)


def _is_ready(check: Callable[[], None]) -> Response:
    try:
        check()
    except SanadError as error:
        return Response(f"{error.code}\n", 503, content_type=PLAIN)
    return Response("ok\n", content_type=PLAIN)
