"""A house, to see what its services can be asked for."""

from pathlib import Path

import pytest
import redis

from tests.services.house import House


@pytest.fixture
def house(store_client: redis.Redis, tmp_path: Path) -> House:
    """A house without anybody in it."""
    return House(store_client, tmp_path / "keys")
