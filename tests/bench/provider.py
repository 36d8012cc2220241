"""A stand-in for the provider's REST API, as cheap as can be: it takes calls, notes when, and rings nobody.

The simulated network does all of this and much more, but would take its own share of the machine meanwhile.
"""

import asyncio
import time
from typing import Self
from urllib.parse import urlsplit

from aiohttp import web

from tests.bench.calls import ACCOUNT, call_id

FIRST_CALL = 10**12  # ids of the calls that we place, far from those of the callers
OFFERS = "/twilio/voice/offer/"


class Provider:
    """Enter it and it listens. `offers`: the token of each offer, and when its call was asked for (perf_counter)."""

    def __init__(self, port: int) -> None:
        self.offers: dict[str, float] = {}
        self._port = port
        self._arrived = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post(f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json", self._create)
        app.router.add_route("*", "/{other:.*}", _done)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def until(self, number: int, *, seconds: float) -> None:
        """Wait until this many offers have come. Raises `TimeoutError`."""
        async with asyncio.timeout(seconds):
            while len(self.offers) < number:
                self._arrived.clear()
                await self._arrived.wait()

    async def _create(self, request: web.Request) -> web.Response:
        moment = time.perf_counter()
        path = urlsplit(str((await request.post())["Url"])).path
        if path.startswith(OFFERS):
            self.offers[path.removeprefix(OFFERS)] = moment
            self._arrived.set()
        return web.json_response({"sid": call_id(FIRST_CALL + len(self.offers)), "status": "queued"}, status=201)


async def _done(request: web.Request) -> web.Response:
    if request.method == "DELETE":
        return web.Response(status=204)
    return web.json_response({"sid": call_id(FIRST_CALL), "status": "completed"})
