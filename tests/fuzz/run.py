"""One run: so many requests, and what may never come of any of them."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import redis
from flask import Flask

from config.settings import environment_for
from gateway import bootstrap
from gateway.core.leaks import Needles, find
from gateway.core.phone import PhoneNumber
from gateway.storage import keyfiles
from gateway.web.apps import webhook_app
from tests.fuzz.door import AUTH_TOKEN, PUBLIC_URL, Answered, Asked, Door
from tests.fuzz.making import SECRET, request
from tests.fuzz.nonsense import MARK, NUMBERS, Dice
from tests.providers.aggregator.spellings import SPELLINGS

BEGUN_ANEW_EVERY = 10_000  # requests: the store must not grow for ever
ECHOED = frozenset({"rafidain", "hollatags", "hubtel"})  # aggregators that want their session's id, or her number, back
MOST_SHOWN = 20


@dataclass(slots=True)
class Found:
    """What a run has seen."""

    requests: int = 0
    trusted: int = 0
    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    offences: list[str] = field(default_factory=list)


def environment(store_url: str, folder: Path) -> dict[str, str]:
    """All that `web` is given, with every wire switched on."""
    keyfiles.initialise(folder / "keys", bootstrap.utc_now().date())
    aggregators = folder / "aggregators.toml"
    aggregators.write_text(
        "".join(f"[{name}]\n{_below(name, text)}\n" for name, text in SPELLINGS.items()), encoding="utf-8"
    )
    return environment_for(
        "web",
        {
            "REDIS_URL": store_url,
            "PUBLIC_URL": PUBLIC_URL,
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "HOTLINE_NUMBER": "+9647300000100",
            "STAFF_NUMBER": "+9647300000101",
            "SANAD_KEYS": str(folder / "keys"),
            "KANNEL_SECRET": SECRET,
            "USSD_SECRET": SECRET,
            "USSD_AGGREGATORS": str(aggregators),
            "LOG_LEVEL": "error",
        },
    )


def _below(name: str, text: str) -> str:
    return "\n".join(line.strip().replace("[", f"[{name}.", 1) if line.strip().startswith("[") else line.strip()
                     for line in text.splitlines())  # fmt: skip


def web_app(store_url: str, folder: Path) -> Flask:
    """The real face to the internet, on this store."""
    return webhook_app(bootstrap.web(environment(store_url, folder)))


def run(app: Flask, store_url: str, *, requests: int, seed: int, seconds: float) -> Found:
    """Ask so many times, or for so many seconds. The store is emptied now and then."""
    door, found, begun = Door(app), Found(), time.monotonic()
    with redis.Redis.from_url(store_url) as client:
        for number in range(requests):
            if time.monotonic() - begun > seconds:
                break
            if number % BEGUN_ANEW_EVERY == 0:
                client.flushall()
            asked = request(Dice(f"{seed}-{number}"))
            before = _changes(client)
            answered = door.knock(asked)
            _note(found, asked, answered, f"request {seed}-{number}", changed=_changes(client) != before)
    found.seconds = time.monotonic() - begun
    return found


def _changes(client: redis.Redis) -> int:
    """How often the store was changed since it started."""
    return int(client.info("persistence")["rdb_changes_since_last_save"])


def _note(found: Found, asked: Asked, answered: Answered, label: str, *, changed: bool) -> None:
    found.requests += 1
    found.trusted += asked.is_trusted
    found.statuses[answered.status] += 1
    if len(found.offences) < MOST_SHOWN:
        route = "/".join(asked.path.decode("latin-1").split("/")[:4])[:40]
        found.offences.extend(
            f"{label}: {what} ({asked.method} {route!a} -> {answered.status})"
            for what in _offences(asked, answered, changed=changed)
        )


def _offences(asked: Asked, answered: Answered, *, changed: bool) -> Iterator[str]:
    if answered.status >= 500:
        yield "a server error"
    if changed and not asked.is_trusted:
        yield "whoever is not trusted changed the store"
    if changed and answered.status >= 400:
        yield "a request that was refused changed the store"
    said = answered.everything()
    wants_it_back = asked.path.split(b"/")[1].decode("latin-1") in ECHOED
    if not wants_it_back and MARK.encode() in said:
        yield "the answer repeats its input"
    if not wants_it_back and find(NEEDLES, "answer", answered.body):
        yield "the answer holds a number"


NEEDLES = Needles.for_numbers([PhoneNumber.parse(number, region="IQ") for number in NUMBERS], shortest_tail=7)
