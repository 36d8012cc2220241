"""One run, of a given size: the whole of it, or parts."""

import asyncio
import os
from collections.abc import Callable, Collection
from pathlib import Path

from tests.bench import dispatching, matching, offers, throughput
from tests.bench.dispatching import Dispatching
from tests.bench.house import House, free_port
from tests.bench.load import Generator
from tests.bench.plan import Part, Plan, Size
from tests.bench.provider import Provider
from tests.bench.report import Results
from tests.bench.throughput import Throughput

Say = Callable[[str], object]


async def run(folder: Path, plan: Plan, parts: Collection[Part], *, say: Say) -> Results:
    """Measure these parts in an empty folder. Leaves no process running."""
    load_before, port = os.getloadavg()[0], free_port()
    webhooks, rang, texts, dispatched = None, None, None, None
    with House(folder, web=free_port(), floor=free_port(), provider=port) as house:
        if Part.MATCHER in parts:
            say("measuring how long it takes to understand a message ...")
            texts = tuple(matching.measure(plan.texts))
        if Part.WEBHOOKS in parts:
            say("measuring the webhooks against the floor ...")
            webhooks = await asyncio.to_thread(_webhooks, house, plan.webhooks)
        if Part.RINGS in parts:
            say("measuring how soon a responder's phone rings ...")
            rang = await _rings(house, port, plan)
        if Part.DISPATCH in parts:
            say("measuring what an offer costs while more and more cases wait ...")
            dispatched = await asyncio.to_thread(_dispatch, house, plan, say)
    return Results(webhooks, rang, texts, dispatched, plan, load_before)


def _webhooks(house: House, size: Size) -> Throughput:
    house.start("web")
    house.start("floor")
    house.until_ready("web", "floor")
    with Generator() as generator:
        measured = throughput.measure(house, generator, size)
    house.stop("web")
    house.stop("floor")
    return measured


async def _rings(house: House, port: int, plan: Plan) -> tuple[float, ...]:
    house.tidy()
    offers.staff(house, plan.calls)
    offers.fill(house, plan.waiting)
    async with Provider(port) as provider:
        for name in ("web", "worker", "dialler", "clock"):
            house.start(name)
        house.until_ready("web", "work", "dial")
        rang = await offers.measure(house, provider, calls=plan.calls)
        for name in ("clock", "worker", "dialler", "web"):
            house.stop(name)
    return tuple(rang)


def _dispatch(house: House, plan: Plan, say: Say) -> tuple[Dispatching, ...]:
    house.tidy()
    return tuple(dispatching.measure(house, plan.sizes, offers=plan.offers, say=say))
