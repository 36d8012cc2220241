"""One run from beginning to end: start the house, let everybody call while things go wrong, calm down, look."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

import aiohttp
import redis

from gateway import bootstrap
from gateway.cli.ports import Ports, free_ports
from gateway.cli.stage import Stage
from tests.faults import mischief, people, powercut
from tests.faults.book import Book
from tests.faults.crowd import Crowd
from tests.faults.mischief import Deed
from tests.faults.people import Caller, Woman
from tests.faults.saboteur import Saboteur
from tests.faults.watcher import Watcher
from tests.faults.words import Words

SPEED: Final = 40.0
SETTINGS: Final = {
    "NOW_HOURS": "2",
    "OFFER_RING_SECONDS": "5",
    "CALLER_RING_SECONDS": "5",
    "URGENT_HOLD_SECONDS": "5",
    "CALLS_PER_SECOND": "100",
}
AT_WORK: Final = ("clock", "worker", "dialler")  # those who do something that nobody asks for
A_BAD_MOMENT: Final = 0.7  # real seconds in which new callers still meet a dead line
MOVING: Final = frozenset(["requested", "offered", "accepted", "dialling", "gate", "bridged", "cancelled", "closed"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be run. `deeds` and `misbehaves` are the faults; `settles` is the longest calm at the end."""

    seed: int
    callers: int
    seconds: float
    deeds: int
    misbehaves: bool
    settles: float
    pairs: int = 0


@dataclass(slots=True, kw_only=True)
class Seen:
    """All that a run leaves to be judged."""

    plan: Plan
    stage: Stage
    callers: list[Caller]
    women: list[Woman]
    known: dict[str, Any]
    book: Book
    watcher: Watcher
    saboteur: Saboteur
    words: Words
    gate: Words
    offer: Words
    took: float = 0.0
    outsiders: list[str] = field(default_factory=list)


def run(plan: Plan, folder: Path, judge: Callable[[Seen], Any], *, say: Callable[[str], None]) -> Any:
    """Run the plan in a house in `folder`, and give what `judge` says while the house still stands."""
    ports = free_ports(Ports(web=18280, console=18281, simulator=18290))
    options = ("--events", "200000")
    folder.mkdir(parents=True, exist_ok=True)
    power = powercut.build(folder)
    if power is None:
        say("no C compiler here: what was not synced is never cut away, see docs/faults.md")
    launcher = () if power is None else power.launcher
    with Stage(
        folder=folder, ports=ports, speed=SPEED, settings=SETTINGS, simulator_options=options, store_launcher=launcher
    ) as stage:
        seen = asyncio.run(_play(plan, Saboteur(stage, power, dice=Random(plan.seed)), say))
        return judge(seen)


async def _play(plan: Plan, saboteur: Saboteur, say: Callable[[str], None]) -> Seen:
    stage = saboteur.stage
    dice = Random(plan.seed)
    free = people.numbers(dice)
    women, outsiders = people.women(dice, free), [next(free), next(free)]
    callers = people.callers(dice, plan.callers, free)
    deeds, faults = mischief.deeds(dice, plan.deeds), mischief.network_faults(dice)
    await asyncio.to_thread(_hire, stage, women, outsiders)
    book, words = Book(), Words.of("extortion")
    crowd = Crowd(stage.network, callers, women, book, words)
    watcher = Watcher(lambda: redis.Redis.from_url(stage.store.url, socket_timeout=2.0))
    begun = time.monotonic()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as http:
        await crowd.open(http)
        beside = [asyncio.create_task(crowd.listen()), asyncio.create_task(_watch(watcher))]
        if plan.misbehaves:
            await crowd.faults(faults)
        say(f"{len(callers)} callers in {plan.seconds:.0f} s, {len(deeds)} deeds")
        await asyncio.gather(crowd.run(plan.seconds), _sabotage(saboteur, crowd, deeds, plan.seconds))
        say(f"calm after {time.monotonic() - begun:.0f} s")
        await crowd.faults({})
        crowd.over = True
        await _settle(plan, crowd, watcher)
        await asyncio.to_thread(rest, stage)
        await crowd.caught_up()
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
    return Seen(
        plan=plan, stage=stage, callers=callers, women=women, known=crowd.known, book=book, watcher=watcher,
        saboteur=saboteur, words=words, gate=Words.of("gate"), offer=Words.of("offer"),
        took=time.monotonic() - begun, outsiders=outsiders,
    )  # fmt: skip


def _hire(stage: Stage, women: list[Woman], outsiders: list[str]) -> None:
    """The team on shift; and two who are not: one was removed, one has never come on shift."""
    rostering = bootstrap.rostering(stage.environ)
    for woman in women:
        rostering.add(woman.name, woman.number, is_woman=True, languages=frozenset({"ar"}))
        rostering.set_shift(woman.name, on_shift=True)
    for name, number in zip(("Removed", "Off shift"), outsiders, strict=True):
        rostering.add(name, number, is_woman=True, languages=frozenset({"ar"}))
    rostering.set_shift("Removed", on_shift=True)
    rostering.remove("Removed")


def rest(stage: Stage) -> None:
    """Let nothing more be done. Else a record is deleted, or a call begun, after the last event that was read, and the
    store and the book are judged at two moments.
    """
    for name in AT_WORK:
        stage.stop(name)


def wake(stage: Stage) -> None:
    """Let everything go on."""
    for name in AT_WORK:
        stage.start(name)


async def _watch(watcher: Watcher) -> None:
    while True:
        await asyncio.to_thread(watcher.look)
        await asyncio.sleep(0.5)


async def _sabotage(saboteur: Saboteur, crowd: Crowd, deeds: list[Deed], seconds: float) -> None:
    start = time.monotonic()
    for deed in deeds:
        await asyncio.sleep(max(0.0, start + deed.at * seconds - time.monotonic()))
        doing = asyncio.create_task(asyncio.to_thread(saboteur.do, deed))
        await asyncio.wait({doing}, timeout=A_BAD_MOMENT)
        crowd.line_is_dead = deed.whom == "web" and not doing.done()
        await doing
        crowd.line_is_dead = False
    await asyncio.sleep(max(0.0, start + seconds - time.monotonic()))


async def _settle(plan: Plan, crowd: Crowd, watcher: Watcher) -> None:
    """Until nothing moves any more, or the time is over. Whoever waits on the line is sent home half-way."""
    until = time.monotonic() + plan.settles
    sent_home = False
    while time.monotonic() < until:
        await asyncio.sleep(1.0)
        if not sent_home and until - time.monotonic() < plan.settles / 2:
            await crowd.hang_everything_up()
            sent_home = True
        found = await asyncio.to_thread(watcher.look)
        quiet = not any(leg.ended_at is None for leg in crowd.book.legs.values())
        if quiet and not any(case["state"] in MOVING for case in found.values()):
            return
