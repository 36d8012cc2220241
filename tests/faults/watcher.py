"""Looks into the store again and again while a run goes on: what became of each case, also of those that are gone."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import redis

from gateway.storage import keys


@dataclass(slots=True)
class Watcher:
    """`cases` is the last that was seen of each case; `doubles` are things that must never be seen."""

    connect: Callable[[], redis.Redis]
    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls_of: dict[str, set[str]] = field(default_factory=dict)
    doubles: list[str] = field(default_factory=list)
    looks: int = 0

    def look(self) -> dict[str, dict[str, Any]]:
        """All cases now; nothing while the store is down."""
        try:
            with self.connect() as client:
                found = self._cases(client)
                self._compare(client, found)
        except redis.RedisError:
            return {}
        self.looks += 1
        for name, case in found.items():
            self.cases[name] = case
            self.calls_of.setdefault(name, set()).update(case["records"])
        return found

    @staticmethod
    def _cases(client: redis.Redis) -> dict[str, dict[str, Any]]:
        names: list[bytes] = sorted(client.scan_iter("case:*", count=1000))
        kept = client.mget(names) if names else []
        loaded = [json.loads(case) for case in kept if case]
        return {str(case["id"]): case for case in loaded}

    def _compare(self, client: redis.Redis, found: dict[str, dict[str, Any]]) -> None:
        holders: dict[str, str] = {}
        ringing: dict[str, str] = {}
        for name, case in found.items():
            holder = case["holder"]
            if holder and holders.setdefault(holder, name) != name:
                self.doubles.append(f"one woman holds two cases: {holders[holder]} and {name}")
            if case["state"] in {"dialling", "gate"}:
                index = str(client.get(keys.place(name)) or name)
                if ringing.setdefault(index, name) != name:
                    self.doubles.append(f"one phone is rung for two cases: {ringing[index]} and {name}")
