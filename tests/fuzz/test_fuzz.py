"""The fuzz, short and under one seed, as part of the tests; and that it sees what it looks for.

`make fuzz` takes a hundred thousand requests.
"""

from pathlib import Path

import pytest
import redis
from flask import Flask, Response, request

from tests.fuzz.run import run, web_app

SHORT, FEW = 2000, 200


def test_no_request_breaks_web_or_changes_what_it_may_not(store_url: str, tmp_path: Path) -> None:
    found = run(web_app(store_url, tmp_path), store_url, requests=SHORT, seed=7, seconds=60)

    assert not found.offences, "\n".join(found.offences)
    assert found.requests == SHORT
    assert found.statuses[200] > SHORT / 10, "most of what is asked must get past the door"


def an_app(*, store: redis.Redis | None = None, status: int = 200, repeats: bool = False) -> Flask:
    """An app that does what none may do, on every address."""
    app = Flask("bad", static_folder=None)

    @app.before_request
    def answer() -> Response:
        if store is not None:
            store.incr("touched")
        return Response(request.get_data() if repeats else b"", status)

    return app


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ({"status": 500}, "a server error"),
        ({"repeats": True}, "the answer repeats its input"),
        ({"repeats": True}, "the answer holds a number"),
    ],
)
def test_an_app_that_breaks_or_repeats_is_seen(store_url: str, bad: dict[str, bool], told: str) -> None:
    found = run(an_app(**bad), store_url, requests=FEW, seed=1, seconds=60)  # type: ignore[arg-type]

    assert any(told in offence for offence in found.offences)


@pytest.mark.parametrize(
    ("status", "told"),
    [(200, "whoever is not trusted changed the store"), (400, "a request that was refused changed the store")],
)
def test_an_app_that_changes_the_store_for_anybody_is_seen(
    store_url: str, store_client: redis.Redis, status: int, told: str
) -> None:
    found = run(an_app(store=store_client, status=status), store_url, requests=FEW, seed=1, seconds=60)

    assert any(told in offence for offence in found.offences)


def test_an_app_that_falls_is_seen(store_url: str) -> None:
    app = Flask("fallen", static_folder=None)
    app.wsgi_app = lambda environ, start: 1 // 0  # type: ignore[assignment, method-assign, return-value]

    found = run(app, store_url, requests=1, seed=1, seconds=60)

    assert found.statuses[599] == 1
    assert found.offences
