"""One HTTP server on this machine with both faces: the service's REST and the people's control."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from gateway.simulator.control import Control
from gateway.simulator.network import Network, Settings
from gateway.simulator.pages import add_pages
from gateway.simulator.rest import Rest

_HOST: Final = "127.0.0.1"
_LOOPBACK: Final = frozenset(["127.0.0.1", "localhost", "::1"])
_BACKLOG: Final = 1024
_SHUTDOWN_SECONDS: Final = 0.5


@asynccontextmanager
async def running(settings: Settings, *, port: int) -> AsyncIterator[str]:
    """Serve on 127.0.0.1 while inside; gives the address. Port 0 takes a free one."""
    # a connection for each webhook: a kept one that the server just closed would look like a failed webhook
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(connector=connector) as client:
        network = Network(settings, client)
        application = web.Application(middlewares=[_local_only])
        application.add_routes([*Rest(network).routes(), *Control(network).routes()])
        add_pages(application, glossary=settings.glossary, panel=settings.panel)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
        await runner.setup()
        try:
            site = web.TCPSite(runner, _HOST, port, backlog=_BACKLOG)
            await site.start()
            yield f"http://{_HOST}:{runner.addresses[0][1]}"
        finally:
            await network.reset()
            await runner.cleanup()


async def serve(settings: Settings, *, port: int, ready: Callable[[str], None], stop: asyncio.Event) -> None:
    """Serve until told to stop."""
    async with running(settings, port=port) as address:
        ready(address)
        await stop.wait()


@web.middleware
async def _local_only(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """/sim asks for no password, so a page from elsewhere, open in the same browser, must not reach it."""
    origin = request.headers.get("Origin")
    if not _is_local(f"//{request.host}") or (origin is not None and not _is_local(origin)):
        return web.json_response({"error": "this server is for this machine only"}, status=403)
    return await handler(request)


def _is_local(address: str) -> bool:
    try:
        return urlsplit(address).hostname in _LOOPBACK
    except ValueError:
        return False
