"""The record of a run, written from the network's events: what each phone heard and did, in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

OUTGOING: Final = "outbound-api"


@dataclass(slots=True)
class Leg:
    """One call of one phone. Times are None for what did not happen (yet)."""

    sid: str
    number: str
    direction: str = ""
    begun: int = 0  # the first event of it
    display: str = ""
    rang_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    status: str = ""
    said: list[tuple[int, str]] = field(default_factory=list)
    pressed: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class Bridge:
    """Phones that heard each other, from event to event."""

    name: str
    numbers: tuple[str, ...]
    displays: Mapping[str, str]
    began: int
    at: datetime
    ended: int | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """One request of the network to `web`; `problem` is empty if it was answered well."""

    n: int
    began_at: datetime
    ended_at: datetime
    path: str
    status: int
    problem: str
    call: str


@dataclass(slots=True)
class Book:
    """Everything that was seen."""

    legs: dict[str, Leg] = field(default_factory=dict)
    bridges: list[Bridge] = field(default_factory=list)
    webhooks: list[Webhook] = field(default_factory=list)
    placed: list[tuple[int, datetime, str]] = field(default_factory=list)  # calls asked for: (event, when, number)
    deleted: set[str] = field(default_factory=set)  # calls whose records were to be deleted
    strange: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    by_number: dict[str, list[Leg]] = field(default_factory=dict)

    def write(self, event: Mapping[str, Any]) -> None:
        """Note one event."""
        kind = str(event["kind"])
        self.counts[kind] = self.counts.get(kind, 0) + 1
        at = datetime.fromisoformat(str(event["at"]))
        if kind in {"ring", "answer", "heard", "press", "ended"}:
            self._of_a_phone(kind, event, at)
        elif kind in {"bridged", "unbridged"}:
            self._of_a_bridge(kind, event, at)
        elif kind == "webhook":
            self._webhook(event, at)
        elif kind == "rest":
            self._rest(event, at)
        elif kind in {"violation", "application_error"}:
            self.strange.append(dict(event))

    def _rest(self, event: Mapping[str, Any], at: datetime) -> None:
        path = str(event["path"])
        if event["method"] == "POST" and path.endswith("/Calls.json"):
            self.placed.append((int(event["n"]), at, str(event["params"].get("To", ""))))
        elif event["method"] == "DELETE":
            self.deleted.add(path.rpartition("/")[2].removesuffix(".json"))

    def leg(self, sid: str, number: str, event: int) -> Leg:
        """The leg of this id, begun if it is not known yet."""
        if sid not in self.legs:
            self.legs[sid] = Leg(sid, number, begun=event)
            self.by_number.setdefault(number, []).append(self.legs[sid])
        return self.legs[sid]

    def legs_of(self, number: str, direction: str) -> list[Leg]:
        """The calls of a phone, oldest first."""
        return [leg for leg in self.by_number.get(number, []) if leg.direction == direction]

    def _of_a_phone(self, kind: str, event: Mapping[str, Any], at: datetime) -> None:
        leg = self.leg(str(event["call_sid"]), str(event["number"]), int(event["n"]))
        leg.direction = str(event.get("direction", leg.direction))
        match kind:
            case "ring":
                leg.rang_at, leg.display, leg.direction = at, str(event["display"]), OUTGOING
            case "answer":
                leg.answered_at = at
            case "press":
                leg.pressed.append((int(event["n"]), str(event["keys"])))
            case "ended":
                leg.ended_at, leg.status = at, str(event["status"])
            case _ if event["what"] == "say":
                leg.said.append((int(event["n"]), str(event["text"])))
            case _:
                pass

    def _of_a_bridge(self, kind: str, event: Mapping[str, Any], at: datetime) -> None:
        name = str(event["bridge"])
        for bridge in self.bridges:
            if bridge.name == name and bridge.ended is None:
                bridge.ended = int(event["n"])
        if kind == "bridged":
            numbers = tuple(str(number) for number in event["numbers"])
            self.bridges.append(Bridge(name, numbers, dict(event["displays"]), int(event["n"]), at))

    def _webhook(self, event: Mapping[str, Any], at: datetime) -> None:
        took = timedelta(milliseconds=float(event["ms"]))
        self.webhooks.append(
            Webhook(
                n=int(event["n"]),
                began_at=at - took,
                ended_at=at,
                path=urlsplit(str(event["url"])).path,
                status=int(event["status"]),
                problem=str(event["problem"]),
                call=str(event["params"].get("CallSid", "")),
            )
        )
