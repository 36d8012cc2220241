"""Trouble with the provider is told in the log: once, in our own words, and to nobody's harm."""

import io
import json
from collections.abc import Iterator

import pytest
import redis

from gateway import bootstrap, logs
from gateway.core.errors import ProviderBusy, ProviderError, ProviderRefused, ProviderUncertain
from gateway.core.troubles import MENDS, Trouble
from gateway.services.troubles import Troubles
from gateway.storage import keys
from gateway.storage.connect import connect
from gateway.storage.store import RedisStrongroom

PROVIDERS_WORDS = "Account not authorized to call +9647701234567"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.configure("dialler", "info", stream=stream)
    yield stream
    logs.configure("tests", "info")


@pytest.fixture
def troubles(store_url: str) -> Troubles:
    return Troubles(RedisStrongroom(connect(store_url), clock=bootstrap.utc_now))


def met(troubles: Troubles, error: ProviderError) -> None:
    with pytest.raises(type(error)) as raised, troubles.noted():
        raise error
    assert raised.value is error


def lines(log: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_each_kind_of_trouble_is_told_once_with_its_mend_and_without_the_providers_words(
    troubles: Troubles, log: io.StringIO
) -> None:
    for _ in range(3):
        met(troubles, ProviderRefused(PROVIDERS_WORDS, trouble=Trouble.COUNTRY))
        met(troubles, ProviderUncertain(PROVIDERS_WORDS, trouble=Trouble.SILENT))

    told = [(line["event"], line["trouble"], line["code"], line["mend"]) for line in lines(log)]

    assert told == [
        ("provider_trouble", "country", "provider_refused", MENDS[Trouble.COUNTRY]),
        ("provider_trouble", "silent", "provider_uncertain", MENDS[Trouble.SILENT]),
    ]
    assert "7701234567" not in log.getvalue()
    assert "authorized" not in log.getvalue()


def test_trouble_that_is_over_and_comes_again_is_told_again(
    troubles: Troubles, log: io.StringIO, store_client: redis.Redis
) -> None:
    met(troubles, ProviderBusy("x", trouble=Trouble.UNREACHABLE))
    assert 0 < store_client.ttl(keys.trouble("unreachable")) <= keys.TROUBLE_LIFE.total_seconds()
    store_client.delete(keys.trouble("unreachable"))  # as if its life were over

    met(troubles, ProviderBusy("x", trouble=Trouble.UNREACHABLE))

    assert len(lines(log)) == 2


def test_a_record_that_is_not_final_yet_is_no_trouble(troubles: Troubles, log: io.StringIO) -> None:
    met(troubles, ProviderBusy("x", trouble=Trouble.EXPECTED))

    assert lines(log) == []


def test_a_store_that_is_down_keeps_nobody_from_hearing_what_the_provider_said(log: io.StringIO) -> None:
    troubles = Troubles(RedisStrongroom(connect("unix:///nowhere/store.sock"), clock=bootstrap.utc_now))

    met(troubles, ProviderBusy("x", trouble=Trouble.UNREACHABLE))

    assert [line["event"] for line in lines(log)] == ["provider_trouble"]


@pytest.mark.parametrize("trouble", list(Trouble))
def test_every_kind_has_a_mend_that_the_log_lets_through(trouble: Trouble, log: io.StringIO) -> None:
    assert "[number]" not in MENDS[trouble]
    assert MENDS[trouble]
