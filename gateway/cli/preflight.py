"""What must be right before anything starts: settings, ports, keys, and everything that is said to callers.

A process that ends at its start leaves callers with a refused connection; here it is said before, all at once.
"""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from config.settings import SETTINGS_OF, BrokenSettings, ConsoleSettings, StoreSettings, WebSettings, read
from config.spelling import misspelt
from gateway import bootstrap
from gateway.cli.content import OURS, Files, content
from gateway.cli.keycheck import needed_keys
from gateway.cli.ports import free_port, why_not_free
from gateway.cli.remarks import Remark, look, mend
from gateway.core.errors import StoreUnavailable
from gateway.storage.connect import connect, wait_for_answer
from gateway.supervise import environments

EMBEDDED = "unix:///embedded"  # stands for the address that the embedded store will have
STORE_STARTS = 5.0  # seconds; after a power cut the machine starts us and the store at once


def before_start(environ: Mapping[str, str], files: Files = OURS) -> Iterator[Remark]:
    """All remarks, as they are found."""
    yield from settings(environ)
    yield from ports(environ)
    yield from needed_keys(key_folder(environ), bootstrap.utc_now().date())
    yield from content(seen_by(environ)["web"], files)
    yield from store_answers(environ, seconds=STORE_STARTS)


def seen_by(environ: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What each process will see, with an address of the store that it will be given."""
    embedded = {} if has_store(environ) else {"REDIS_URL": EMBEDDED}
    return environments(dict.fromkeys(SETTINGS_OF, ""), {**environ, **embedded})


def has_store(environ: Mapping[str, str]) -> bool:
    """Whether a store is named; without one `sanad up` runs its own."""
    return bool(environ.get("REDIS_URL") or environ.get("REDIS_URL_FILE"))


def key_folder(environ: Mapping[str, str]) -> Path:
    """The folder of key files."""
    return Path(environ.get("SANAD_KEYS", "").strip() or "var/keys")


def settings(environ: Mapping[str, str]) -> Iterator[Remark]:
    """Settings that are missing or cannot be used, each once, with the processes that need it."""
    needed_by: dict[tuple[str, str], list[str]] = {}
    for process, seen in seen_by(environ).items():
        try:
            read(SETTINGS_OF[process], seen)
        except BrokenSettings as error:
            for problem in error.problems:
                needed_by.setdefault(problem, []).append(process)
    for (variable, advice), processes in needed_by.items():
        yield mend(f"{variable} (for {', '.join(processes)})", advice)


def misspelt_settings(environ: Mapping[str, str]) -> Iterator[Remark]:
    """Variables that somebody may have meant for us and that nothing reads. Their values are not looked at."""
    for variable, meant in misspelt(environ).items():
        yield look(variable, "is no setting, so nothing reads it" + (f": is {meant} meant?" if meant else ""))


def ports(environ: Mapping[str, str]) -> Iterator[Remark]:
    """Ports that somebody has already. The server would share them, and every other call would get lost."""
    try:
        seen = seen_by(environ)
        web, console = read(WebSettings, seen["web"]), read(ConsoleSettings, seen["console"])
    except BrokenSettings:
        return  # said by `settings`
    chosen = {"WEB_PORT": web.web_port, "CONSOLE_PORT": console.console_port}
    for variable, port in chosen.items():
        reason = why_not_free(port)
        if reason is not None:
            yield mend(f"port {port}", f"it {reason}: end that, or choose another: {variable}={free_port(0)}")
    if web.web_port == console.console_port:
        yield mend(f"port {web.web_port}", "WEB_PORT and CONSOLE_PORT are the same; give each a port of its own")


def store_answers(environ: Mapping[str, str], *, seconds: float) -> Iterator[Remark]:
    """A store that does not answer every process within so many seconds, in all, with the processes it fails."""
    deadline = time.monotonic() + seconds
    why: dict[str, str | None] = {}
    failing: dict[str, list[str]] = {}
    for process, address in _addresses(environ):
        if address not in why:
            why[address] = _why_it_fails(address, seconds=deadline - time.monotonic())
        if (advice := why[address]) is not None:
            failing.setdefault(advice, []).append(process)
    for advice, processes in failing.items():
        whose = "" if len(processes) == len(SETTINGS_OF) else f" (for {', '.join(processes)})"
        yield mend(f"store{whose}", advice)


def _addresses(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if not has_store(environ):
        return
    for process, seen in seen_by(environ).items():
        try:
            yield process, read(StoreSettings, seen).redis_url.get_secret_value()
        except BrokenSettings:
            continue  # said by `settings`


def _why_it_fails(address: str, *, seconds: float) -> str | None:
    try:
        with connect(address) as client:
            wait_for_answer(client, seconds=seconds)
    except StoreUnavailable as error:
        return error.advice
    return None
