"""What all tests share: one real store for the whole run, empty for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from gateway.storage.embedded import EmbeddedStore


@pytest.fixture(scope="session")
def embedded_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """The server itself. A test that kills or stops it starts one of its own instead."""
    with EmbeddedStore(tmp_path_factory.mktemp("store")) as store:
        yield store


@pytest.fixture
def store_url(embedded_store: EmbeddedStore) -> Iterator[str]:
    """The address of a store with nothing in it."""
    with redis.Redis.from_url(embedded_store.url) as client:
        client.flushall()
        yield embedded_store.url


@pytest.fixture
def store_client(store_url: str) -> Iterator[redis.Redis]:
    """A plain client of the empty store, for looking at its bytes."""
    with redis.Redis.from_url(store_url) as client:
        yield client


@pytest.fixture(scope="session")
def project() -> Path:
    """The checkout's top folder."""
    return Path(__file__).parent.parent
