"""One whole run, of a given size."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench import offers, throughput
from tests.bench.house import House, free_port
from tests.bench.load import Generator
from tests.bench.provider import Provider
from tests.bench.report import Results
from tests.bench.throughput import Size, Throughput


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of everything."""

    webhooks: Size
    offers: int


USUAL = Plan(Size(calls=1500, cycles=6, connections=32, half_load_seconds=5.0), offers=200)
TINY = Plan(Size(calls=4, cycles=1, connections=2, half_load_seconds=0.02), offers=2)


async def run(folder: Path, plan: Plan, *, say: Callable[[str], object]) -> Results:
    """Measure everything in an empty folder. Leaves no process running."""
    provider_port, load_before = free_port(), os.getloadavg()[0]
    with House(folder, web=free_port(), floor=free_port(), provider=provider_port) as house:
        house.start("web")
        house.start("floor")
        house.until_ready("web", "floor")
        say("measuring the webhooks against the floor ...")
        measured = await asyncio.to_thread(_webhooks, house, plan.webhooks)
        house.stop("floor")
        say("measuring how soon a responder's phone rings ...")
        house.tidy()
        offers.staff(house, plan.offers + offers.SPARE_RESPONDERS)
        async with Provider(provider_port) as provider:
            for name in ("worker", "dialler", "clock"):
                house.start(name)
            house.until_ready("work", "dial")
            rang = await offers.measure(house, provider, calls=plan.offers)
    return Results(measured, tuple(rang), plan.webhooks, load_before)


def _webhooks(house: House, size: Size) -> Throughput:
    with Generator() as generator:
        return throughput.measure(house, generator, size)
