"""What was kept outlives every process."""

from collections.abc import Iterator

import pytest
import redis

from gateway.cli.network import Network
from gateway.cli.ports import Ports, free_ports
from gateway.cli.stage import Stage
from tests.whole.conftest import SETTINGS, SPEED, House


@pytest.fixture
def house_of_my_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that a test may stop and start."""
    ports = free_ports(Ports(web=18180, console=18181, simulator=18190))
    own = Stage(folder=tmp_path_factory.mktemp("own"), ports=ports, speed=SPEED, settings=SETTINGS)
    with own as stage, redis.Redis.from_url(stage.store.url) as client:
        yield House(stage, Network(stage.network), client)


def test_a_case_waits_through_a_restart_with_nobody_on_shift(house_of_my_own: House) -> None:
    house = house_of_my_own
    caller, amal = house.caller(), house.responder("Amal", on_shift=False)
    secret = house.ask_for_a_call(caller)
    house.until_state("waiting")

    for name in ("web", "worker", "dialler", "clock"):
        house.stage.stop(name)
    house.stage.store.stop()
    house.stage.store.start()
    for name in ("web", "worker", "dialler", "clock"):
        house.stage.start(name)
    house.stage.wait_until_ready()
    house.rostering.set_shift("Amal", on_shift=True)

    house.until_ringing(amal)
    house.network.answer(amal)
    house.press_when_asked(amal, "1")
    house.until_ringing(caller)
    house.network.answer(caller)
    house.press_when_asked(caller, secret)
    house.until_talking(amal, caller)
    assert not house.leaks()
