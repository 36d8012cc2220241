"""Speaks to the simulated network's control side: phones that a program holds, and what they hear."""

import json
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

PATIENCE = 30.0  # seconds that anything awaited may take


class NeverHappened(AssertionError):
    """Something that was awaited did not come; says what."""


@dataclass(frozen=True, slots=True)
class Network:
    """The network at `address`. All answers are the simulator's JSON."""

    address: str

    def add_phone(self, number: str, **behaviour: Any) -> None:
        """A phone with a behaviour: `on_ring`, `keys`, `name`, `answer_after`."""
        self._post("phones", {"number": number, **behaviour})

    def call(self, caller: str, to: str, **behaviour: Any) -> str:
        """A phone dials; the id of its call."""
        return str(self._post("calls", {"from": caller, "to": to, **behaviour})["call_sid"])

    def press(self, number: str, keys: str) -> None:
        """Press keys on a phone that is in a call."""
        self._post(f"phones/{quote(number)}/press", {"keys": keys})

    def answer(self, number: str) -> None:
        """Answer a phone that rings."""
        self._post(f"phones/{quote(number)}/answer", {})

    def hang_up(self, number: str) -> None:
        """Hang a phone up."""
        self._post(f"phones/{quote(number)}/hangup", {})

    def text(self, sender: str, to: str, text: str, *, message_id: str = "") -> str:
        """A phone sends an SMS; its id at the network. With the id of an earlier one, that one is told again."""
        body = {"from": sender, "to": to, "text": text, **({"id": message_id} if message_id else {})}
        return str(self._post("messages", body)["message_sid"])

    def messages(self, number: str) -> list[dict[str, Any]]:
        """A phone's thread: `{at, direction: in|out, text, with, encoding, units, parts, message_sid}`s."""
        found: list[dict[str, Any]] = self.phone(number)["messages"]
        return found

    def dial_ussd(self, caller: str, code: str, *, session_id: str = "") -> dict[str, Any]:
        """A phone dials a USSD code: `{session, open, ended, screen, units, encoding, ...}` with the first screen."""
        return self._post("ussd", {"from": caller, "code": code, **({"id": session_id} if session_id else {})})

    def type_ussd(self, session: str, text: str) -> dict[str, Any]:
        """An answer to the screen; the dialog with the next one."""
        return self._post("ussd", {"session": session, "input": text})

    def end_ussd(self, session: str, *, dropped: bool = False) -> dict[str, Any]:
        """She leaves, or the network loses the session."""
        return self._post("ussd", {"session": session, "drop" if dropped else "cancel": True})

    def phone(self, number: str) -> dict[str, Any]:
        """What a phone shows and has heard."""
        return self._get(f"phones/{quote(number)}")

    def heard(self, number: str) -> list[str]:
        """The words a phone has heard, in order."""
        return [entry["text"] for entry in self.phone(number)["heard"] if entry["kind"] in {"say", "play"}]

    def events(self, *kinds: str) -> list[dict[str, Any]]:
        """All events so far, of these kinds if any are named."""
        found: list[dict[str, Any]] = self._get("events?after=0")["events"]
        return [event for event in found if not kinds or event["kind"] in kinds]

    def faults(self, **faults: Any) -> None:
        """Let the network misbehave; without arguments it behaves again."""
        self._post("faults", faults)

    def reset(self) -> None:
        """Hang up everything; forget phones and events."""
        self._post("reset", {})

    def until(self, what: str, holds: Callable[[], Any], *, patience: float = PATIENCE) -> Any:
        """Wait until something holds, and give it back. Raises `NeverHappened`."""
        deadline = time.monotonic() + patience
        while not (found := holds()):
            if time.monotonic() > deadline:
                raise NeverHappened(f"waited {patience:.0f} s: {what}")
            time.sleep(0.03)
        return found

    def until_asked(self, number: str, *, after: int = 0) -> int:
        """Wait until a phone is asked for keys once more than `after` times; how often it was asked by then."""
        return int(self.until("a question on a phone", lambda: self._asked(number, after)))

    def times_asked(self, number: str) -> int:
        """How often a phone was asked for keys so far."""
        return sum(1 for event in self.events("gather") if event.get("number") == number)

    def _asked(self, number: str, after: int) -> int:
        times = self.times_asked(number)
        return times if times > after else 0

    def _get(self, path: str) -> dict[str, Any]:
        return _json(urllib.request.Request(f"{self.address}/sim/{path}"))

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.address}/sim/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        return _json(request)


def _json(request: urllib.request.Request) -> dict[str, Any]:
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:
        found: dict[str, Any] = json.loads(response.read() or b"{}")
        return found
