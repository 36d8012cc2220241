"""The phones' page and what it asks for besides the phones: a glossary, and a look at a store.

The page is files in `page/`; the phones themselves are driven over `/sim`, which is not kept here.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from yarl import URL

FOLDER = Path(__file__).resolve().parent / "page"
PANEL_SECONDS = 3.0
# The page loads nothing but its own files and talks to nobody but this server.
POLICY = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"


class UnusablePage(ValueError):
    """What the page was given cannot be shown; says what to mend."""


@dataclass(slots=True, kw_only=True)
class Pages:
    """The answers. `entries` are sentences in both languages, `panel` is where the store is shown."""

    entries: Any
    panel: URL | None
    _session: aiohttp.ClientSession | None = None

    async def lifetime(self, _: web.Application) -> AsyncIterator[None]:
        """One client for the panel, as long as the application lives."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PANEL_SECONDS)) as self._session:
            yield

    async def page(self, _: web.Request) -> web.StreamResponse:
        """The page itself."""
        return web.FileResponse(FOLDER / "index.html")

    async def glossary(self, _: web.Request) -> web.Response:
        """Sentences as `[{"ar": ..., "en": ...}]`, or `{}` where none were given."""
        return web.json_response(self.entries)

    async def store(self, _: web.Request) -> web.Response:
        """What the store holds, from its own server; 204 where there is nothing to ask."""
        if self.panel is None or self._session is None:
            return web.Response(status=204)
        try:
            async with self._session.get(self.panel, allow_redirects=False) as answer:
                return web.Response(status=answer.status, body=await answer.read(), content_type="application/json")
        except (aiohttp.ClientError, TimeoutError):
            return web.Response(status=502)


def add_pages(app: web.Application, *, glossary: Path | None, panel: str | None) -> None:
    """Serve the page at `/`, its files below `/page/`, and what it asks for below `/sim/`.

    `glossary` is a JSON file, `panel` an address on this machine. Raises `UnusablePage`.
    """
    pages = Pages(entries=_entries(glossary), panel=_on_this_machine(panel))
    app.cleanup_ctx.append(pages.lifetime)
    app.on_response_prepare.append(_guard)
    app.router.add_get("/", pages.page)
    app.router.add_static("/page", FOLDER)
    app.router.add_get("/sim/glossary", pages.glossary)
    app.router.add_get("/sim/panel", pages.store)


async def _guard(request: web.Request, response: web.StreamResponse) -> None:
    if request.path == "/" or request.path.startswith("/page/"):
        response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers.setdefault("Cache-Control", "no-store")  # a page of yesterday would speak to the network of today


def _entries(path: Path | None) -> Any:
    if path is None:
        return {}
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        raise UnusablePage(f"{path.name} is not a JSON file that can be read; mend --glossary.") from None


def _on_this_machine(panel: str | None) -> URL | None:
    if panel is None:
        return None
    url = URL(panel)
    if url.scheme != "http" or not _is_loopback(url.host):
        raise UnusablePage("--panel must be an address on this machine, like http://127.0.0.1:8092/.")
    return url


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False
