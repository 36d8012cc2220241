"""Holds the phones of a running network, by its control side; and a client of Twilio's SDK that talks to it."""

import json
import threading
import time
import urllib.error
import urllib.request
from asyncio import Event as AsyncEvent
from asyncio import get_running_loop, run
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]  # the SDK ships no py.typed
from twilio.rest import Client  # type: ignore[import-untyped]

from gateway.simulator.network import Settings
from gateway.simulator.server import serve
from tests.simulator.service import TOKEN, Service

ACCOUNT = "AC" + "ab" * 16
HOTLINE = "+9647500000000"
STAFF = "+9647500000001"
ZAHRA, MARYAM, NOOR = "+9647700000011", "+9647700000012", "+9647700000013"
_PATIENCE = 10.0

Found = TypeVar("Found")

Json = dict[str, Any]


class Refusal(Exception):
    """The network said no."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status


@dataclass(frozen=True)
class People:
    """Everybody with a phone, on the network at `address`."""

    address: str

    def ask(self, path: str, body: object = None) -> Json:
        """One request to the control side: GET, or POST if there is a body."""
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}/sim/{path}", content, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:
                found: Json = json.loads(answer.read())
                return found
        except urllib.error.HTTPError as error:
            raise Refusal(error.code, error.read().decode()) from None

    def phone(self, number: str, **wishes: object) -> Json:
        """Make or change a phone."""
        return self.ask("phones", {"number": number, **wishes})

    def look(self, number: str) -> Json:
        """A phone as it is."""
        return self.ask(f"phones/{quote(number)}")

    def does(self, number: str, what: str, **body: object) -> Json:
        """answer, decline, hangup, press."""
        return self.ask(f"phones/{quote(number)}/{what}", body)

    def dial(self, number: str, to: str = HOTLINE, **wishes: object) -> str:
        """Call the service; the call's sid."""
        return str(self.ask("calls", {"from": number, "to": to, **wishes})["call_sid"])

    def text(self, number: str, text: str, to: str = HOTLINE, **wishes: object) -> str:
        """Write to the service; the message's sid."""
        return str(self.ask("messages", {"from": number, "to": to, "text": text, **wishes})["message_sid"])

    def messages(self, number: str, direction: str = "in") -> list[str]:
        """The words of a phone's thread."""
        return [entry["text"] for entry in self.look(number)["messages"] if entry["direction"] == direction]

    def events(self, *kinds: str, **fields: object) -> list[Json]:
        """What happened, narrowed by kind and fields."""
        found: list[Json] = self.ask("events?after=0")["events"]
        return [
            event
            for event in found
            if (not kinds or event["kind"] in kinds) and all(event.get(key) == fields[key] for key in fields)
        ]

    def until(self, kind: str, *, times: int = 1, **fields: object) -> Json:
        """Wait until such an event has happened so many times; the last of them."""

        def happened() -> list[Json]:
            found = self.events(kind, **fields)
            return found if len(found) >= times else []

        return wait_for(happened, f"{kind} {fields}")[times - 1]

    def heard(self, number: str, *kinds: str) -> list[str]:
        """The words in a phone's ear."""
        return [entry["text"] for entry in self.look(number)["heard"] if entry["kind"] in (kinds or ("say",))]


def wait_for(condition: Callable[[], Found], what: str) -> Found:
    """The first true value of the condition, within ten seconds."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"never happened: {what}")


class LocalHttp(TwilioHttpClient):  # type: ignore[misc]  # its base is untyped
    """The SDK's own client, sent to this machine."""

    def __init__(self, address: str) -> None:
        super().__init__(timeout=_PATIENCE)
        self._address = address

    def request(self, method: str, url: str, **options: Any) -> Any:
        """The same request to another address."""
        return super().request(method, url.replace("https://api.twilio.com", self._address), **options)


def sdk(people: People, *, token: str = TOKEN) -> Any:
    """Twilio's SDK, with the network in Twilio's place."""
    return Client(ACCOUNT, token, http_client=LocalHttp(people.address), environment={"": ""})


@contextmanager
def network(service: Service, *, speed: float = 25.0, public_url: str = "") -> Iterator[People]:
    """A network of its own, in a thread of its own."""
    settings = Settings(
        account=ACCOUNT,
        token=TOKEN,
        gateway=service.address,
        public_url=public_url or service.address,
        numbers={HOTLINE: "/voice", STAFF: "/voice"},
        status_path="/ended",
        sms_path="/text",
        ussd_url=f"{service.address}/ussd",
        ussd_code="*726#",
        speed=speed,
        most_events=50_000,
    )
    ready, found, ends = threading.Event(), [""], list[Callable[[], object]]()

    async def live() -> None:
        stop, loop = AsyncEvent(), get_running_loop()
        ends.append(lambda: loop.call_soon_threadsafe(stop.set))

        def say(address: str) -> None:
            found[0] = address
            ready.set()

        await serve(settings, port=0, ready=say, stop=stop)

    thread = threading.Thread(target=lambda: run(live()), daemon=True)
    thread.start()
    assert ready.wait(_PATIENCE)
    try:
        yield People(found[0])
    finally:
        ends[0]()
        thread.join(_PATIENCE)
        assert not thread.is_alive()
