"""The whole house on the simulated network: real processes, real HTTP, a real store. Each test ends with a search."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import redis

from gateway import bootstrap
from gateway.cli.network import Network
from gateway.cli.ports import Ports, free_ports
from gateway.cli.stage import HOTLINE, Stage
from gateway.core.leaks import Leak, Needles, find
from gateway.core.phone import PhoneNumber
from gateway.services.rostering import Rostering
from gateway.storage.inspection import everything, written_files

SPEED = 25.0
SUPERVISOR = "+9647515551261"
SETTINGS = {
    "SUPERVISOR_NUMBER": SUPERVISOR,
    "URGENT_HOLD_SECONDS": "5",
    "OFFER_RING_SECONDS": "25",
    "CALLS_PER_SECOND": "50",
}
CALLERS = ("+9647715550142", "+9647815550163", "+9647515550184")
RESPONDERS = {"Amal": "+9647715551207", "Ban": "+9647815551228", "Dunya": "+9647515551249"}
SHORT_TAILS_LIE = 7  # digits: shorter ones stand in somebody's seconds since 1970 sooner or later


@dataclass(slots=True)
class House:
    """The running house, with helpers that read like the story of a test."""

    stage: Stage
    network: Network
    client: redis.Redis
    numbers: set[str] = field(default_factory=set)

    @property
    def rostering(self) -> Rostering:
        """The supervisor's commands."""
        return bootstrap.rostering(self.stage.environ)

    def responder(self, name: str, *, on_shift: bool = True, **phone: Any) -> str:
        """A woman on the roster with a phone; its number."""
        number = RESPONDERS[name]
        self.numbers.add(number)
        self.network.add_phone(number, name=name, **{"on_ring": "manual", **phone})
        self.rostering.add(name, number, is_woman=True, languages=frozenset({"ar"}))
        if on_shift:
            self.rostering.set_shift(name, on_shift=True)
        return number

    def caller(self, number: str = CALLERS[0], **phone: Any) -> str:
        """A caller with a phone; her number."""
        self.numbers.add(number)
        self.network.add_phone(number, name="caller", **{"on_ring": "manual", **phone})
        return number

    def ask_for_a_call(self, caller: str, keys: str = "2111") -> str:
        """She dials, presses these keys and hangs up; her secret number."""
        known = set(self.client.scan_iter("session:*"))
        self.network.call(caller, HOTLINE)
        self.press_through(caller, keys)
        secret = self.network.until("a kept request", lambda: self._told_in_a_new_call(known))
        self.hang_up(caller)
        return str(secret)

    def hang_up(self, number: str) -> None:
        """Hang a phone up; a question that it leaves open is not answered later.

        It may be rung again at once: so not until it is idle, but until that call is over.
        """
        call = self.network.phone(number)["call_sid"]
        self.network.hang_up(number)
        self.network.until("a call being over", lambda: self.network.phone(number)["call_sid"] != call)
        self._answered[number] = self.network.times_asked(number)

    def _told_in_a_new_call(self, known: set[bytes]) -> str | None:
        """The secret number of a call that began meanwhile and has a case: that may be part of another by now."""
        kept = (self.client.hget(key, "s") for key in self.client.scan_iter("session:*") if key not in known)
        slots = (json.loads(session)["slots"] for session in kept if session)
        return next((str(found["secret"]) for found in slots if "case" in found), None)

    def press_through(self, number: str, keys: str) -> None:
        """Press each key at the next question of the call that began last."""
        for key in keys:
            self.press_when_asked(number, key)

    def press_when_asked(self, number: str, keys: str) -> None:
        """Wait for the next question on a phone, and answer it."""
        asked = self.network.until_asked(number, after=self._answered.get(number, 0))
        self._answered[number] = asked
        self.network.press(number, keys)

    _answered: dict[str, int] = field(default_factory=dict)

    def until_ringing(self, *numbers: str) -> str:
        """Wait until one of these phones rings; its number."""
        return str(self.network.until("a phone ringing", lambda: next(iter(self.ringing(*numbers)), None)))

    def ringing(self, *numbers: str) -> list[str]:
        """Those of these phones that ring now."""
        return [number for number in numbers if self.state(number) == "ringing"]

    def state(self, number: str) -> str:
        """What a phone does now."""
        return str(self.network.phone(number)["state"])

    def talking_with(self, number: str) -> list[str]:
        """Who is connected with this phone now."""
        return list(self.network.phone(number)["with"])

    def until_talking(self, one: str, other: str) -> None:
        """Wait until these two are connected, and nobody else with them."""
        self.network.until("two phones being connected", lambda: self.talking_with(one) == [other])

    def cases(self) -> list[dict[str, Any]]:
        """All cases in the store."""
        found = (self.client.get(key) for key in self.client.scan_iter("case:*"))
        return [json.loads(case) for case in found if case]

    def the_case(self) -> dict[str, Any]:
        """The only case in the store."""
        (case,) = self.cases()
        return case

    def until_state(self, state: str) -> dict[str, Any]:
        """Wait until the only case is in this state."""
        found = self.network.until(
            f"a case that is {state}", lambda: [case for case in self.cases() if case["state"] == state]
        )
        return dict(found[0])

    def until_erased(self) -> None:
        """Wait until nothing of any case is left."""
        self.network.until("everything erased", lambda: not list(self.client.scan_iter("case:*")))
        for kind in ("sealed", "open", "place"):
            assert not list(self.client.scan_iter(f"{kind}:*")), f"{kind} is left"

    def rings(self, number: str) -> int:
        """How often a phone has rung."""
        return sum(1 for event in self.network.events("ring") if event.get("number") == number)

    def settle(self, seconds: float = 1.0) -> None:
        """Give what must not happen the time to happen."""
        time.sleep(seconds)

    def leaks(self) -> list[Leak]:
        """Every place where a number, or a part of one, can be read."""
        needles = Needles.for_numbers(
            [PhoneNumber.parse(number) for number in self.numbers], shortest_tail=SHORT_TAILS_LIE
        )
        return [leak for label, content in self._everything_written() for leak in find(needles, label, content)]

    def _everything_written(self) -> Iterator[tuple[str, bytes]]:
        yield from everything(self.client)
        for path, content in written_files(self.stage.folder):
            if path.name != "simulator.log" and "keys" not in path.parts:
                yield path.name, content


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The processes, started once."""
    ports = free_ports(Ports(web=18080, console=18081, simulator=18090))
    folder: Path = tmp_path_factory.mktemp("house")
    with Stage(folder=folder, ports=ports, speed=SPEED, settings=SETTINGS) as running:
        yield running


@pytest.fixture
def house(stage: Stage) -> Iterator[House]:
    """The house with nobody on the roster and nothing kept; at the end no number may be found anywhere."""
    network = Network(stage.network)
    network.faults()
    network.reset()
    with redis.Redis.from_url(stage.store.url) as client:
        client.flushall()
        found = House(stage, network, client)
        yield found
        assert not found.leaks()
        assert client.acl_log() == [], "no process asks for more than it may"
