"""`python -m gateway.simulator`: a telephone network on this machine, as Twilio and Africa's Talking bring it."""

import argparse
import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from gateway.simulator.events import MOST_EVENTS
from gateway.simulator.network import Settings
from gateway.simulator.pages import UnusablePage
from gateway.simulator.server import serve

_LOOPBACK: Final = frozenset(["127.0.0.1", "localhost", "::1"])


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until interrupted. Says one line on standard output when it can be used."""
    parser = _parser(os.environ)
    options = parser.parse_args(arguments)
    problem = _problem(options)
    if problem:
        parser.error(problem)
    try:
        asyncio.run(_serve(_settings(options), options.port))
    except UnusablePage as error:
        parser.error(str(error))
    except OSError as error:
        parser.exit(1, f"the port cannot be used: {error.strerror}\n")


async def _serve(settings: Settings, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    await serve(settings, port=port, ready=_say_ready, stop=stop)


def _say_ready(address: str) -> None:
    print(f"simulator ready on {address}", flush=True)


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m gateway.simulator", description=__doc__)
    add = parser.add_argument
    add("--port", type=int, default=8090, help="0 takes a free one")
    add("--gateway", default="http://127.0.0.1:8080", help="where the service's webhooks are, on this machine")
    add("--public-url", default="", help="the address that signatures are made for (default: --gateway)")
    add("--account-sid", default=environment.get("TWILIO_ACCOUNT_SID", ""), help="or TWILIO_ACCOUNT_SID")
    add("--auth-token", default=environment.get("TWILIO_AUTH_TOKEN", ""), help="or TWILIO_AUTH_TOKEN")
    add("--number", action="append", default=[], metavar="NUMBER=PATH", help="a number of the service; repeatable")
    add("--status-path", default="", help="where the end of an inbound call is told")
    add("--sms-path", default="", help="where a message to one of the numbers is told, like /twilio/sms")
    add("--ussd-url", default="", help="where USSD is asked, on this machine")
    add("--ussd-code", default="", metavar="*CODE#", help="the only code in service (default: any)")
    add("--speed", type=float, default=1.0, help="20: twenty simulated seconds in one")
    add("--events", type=int, default=MOST_EVENTS, help="how many events are remembered")
    add("--glossary", type=Path, help="JSON: sentences in both languages")
    add("--panel", default="", help="an address on this machine that is shown beside the phones")
    return parser


def _problem(options: argparse.Namespace) -> str:
    """What is wrong with the options, or nothing."""
    if not options.account_sid or not options.auth_token:
        return "--account-sid and --auth-token (or TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN) are needed"
    if not options.number or not all("=/" in entry for entry in options.number):
        return "--number is needed, as NUMBER=/path"
    if not 0.01 <= options.speed <= 1_000 or options.events < 1:
        return "--speed must be from 0.01 to 1000, --events at least 1"
    if urlsplit(options.gateway).hostname not in _LOOPBACK:
        return "--gateway must be on this machine"
    if options.ussd_url and not _is_here(options.ussd_url):
        return "--ussd-url must be an http address on this machine"
    return ""


def _is_here(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in _LOOPBACK


def _settings(options: argparse.Namespace) -> Settings:
    pairs = (entry.split("=", 1) for entry in options.number)
    return Settings(
        account=options.account_sid,
        token=options.auth_token,
        gateway=options.gateway.rstrip("/"),
        public_url=(options.public_url or options.gateway).rstrip("/"),
        numbers=dict(pairs),
        status_path=options.status_path,
        speed=options.speed,
        most_events=options.events,
        glossary=options.glossary,
        panel=options.panel or None,
        sms_path=options.sms_path,
        ussd_url=options.ussd_url,
        ussd_code=options.ussd_code,
    )


if __name__ == "__main__":
    main()
