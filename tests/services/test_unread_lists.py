"""What the provider keeps though nobody told us is found by its lists, over HTTP; one that it does not give is told."""

import io
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from rq import Queue
from rq.serializers import JSONSerializer

from config.settings import environment_for
from gateway import bootstrap, logs
from gateway.cli.storecheck import troubles as remarks
from gateway.core.errors import SanadError
from gateway.core.troubles import MENDS, Trouble
from gateway.jobs import JobName, QueueName
from gateway.storage import keyfiles, keys
from gateway.storage.holdings import holdings
from tests.providers.twilio.rest_server import ACCOUNT, Answer, RestServer, running
from tests.providers.twilio.shelf import calls, messages, shelf

HOTLINE = "+9647500000000"


@pytest.fixture
def provider() -> Iterator[RestServer]:
    with running() as server:
        yield server


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    yield io.StringIO()
    logs.configure("tests", "info")


@pytest.fixture
def environ(store_url: str, tmp_path: Path, provider: RestServer) -> dict[str, str]:
    keyfiles.initialise(tmp_path / "keys", bootstrap.utc_now().date())
    return {
        "REDIS_URL": store_url,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": "token",
        "TWILIO_API_BASE": provider.url,
        "PUBLIC_URL": "http://127.0.0.1:9",
        "HOTLINE_NUMBER": HOTLINE,
        "SANAD_KEYS": str(tmp_path / "keys"),
    }


def search(environ: dict[str, str], client: redis.Redis, log: io.StringIO) -> None:
    """All jobs of one hour's search, done as the dialler does them."""
    _, handlers = bootstrap.worker(QueueName.DIAL, environment_for("dialler", environ))
    logs.configure("dialler", "info", stream=log)
    queue = Queue(QueueName.DIAL.value, connection=client, serializer=JSONSerializer)
    following: tuple[str, ...] | None = ()
    while following is not None:
        with suppress(SanadError):  # as the worker does
            handlers[JobName.FIND_RECORDS](*following)
        jobs = queue.jobs
        following = tuple(jobs[0].args) if jobs else None
        queue.empty()  # type: ignore[no-untyped-call]  # RQ types it half


def noted(client: redis.Redis) -> set[object]:
    return {*client.zrange(keys.RECORDS, 0, -1)}


def told(client: redis.Redis) -> list[str]:
    """What `sanad doctor` says of the provider's troubles."""
    return [remark.text for remark in remarks(holdings(client).troubles, now=bootstrap.utc_now())]


def test_six_hundred_calls_are_all_found(
    environ: dict[str, str], provider: RestServer, store_client: redis.Redis, log: io.StringIO
) -> None:
    provider.will(Answer(body=shelf(calls=calls(600), messages=messages(90))))

    search(environ, store_client, log)

    assert len(noted(store_client)) == 690
    assert told(store_client) == []


def test_calls_are_found_at_a_switch_that_has_no_messages_and_the_doctor_says_that_it_has_none(
    environ: dict[str, str], provider: RestServer, store_client: redis.Redis, log: io.StringIO
) -> None:
    provider.will(Answer(body=shelf(calls=calls(3))))

    search(environ, store_client, log)

    assert noted(store_client) == {f"call:CA{place:032x}".encode() for place in range(3)}
    assert told(store_client) == [f"0 min ago: {MENDS[kind]}" for kind in (Trouble.UNKNOWN_RECORD, Trouble.UNLISTED)]
    assert log.getvalue().count('"unlisted"') == 1
    assert HOTLINE[1:] not in log.getvalue()


def test_messages_are_found_though_the_lists_of_calls_fail(
    environ: dict[str, str], provider: RestServer, store_client: redis.Redis, log: io.StringIO
) -> None:
    provider.will(Answer(503, "not JSON"), Answer(cut=True), Answer(body=shelf(messages=messages(1))))

    search(environ, store_client, log)

    assert noted(store_client) == {f"message:SM{0:032x}".encode()}
    assert f"0 min ago: {MENDS[Trouble.UNLISTED]}" in told(store_client)


def test_the_doctor_says_so_until_the_lists_are_read_again(
    environ: dict[str, str], provider: RestServer, store_client: redis.Redis, log: io.StringIO
) -> None:
    provider.will(Answer(body=shelf()))

    search(environ, store_client, log)

    assert store_client.ttl(keys.trouble(Trouble.UNLISTED)) > timedelta(hours=1).total_seconds()
