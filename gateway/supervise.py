"""Everything in the Procfile, run together: each process under a keeper, with only the settings that it may see.

Here stands who is started, with which environment, and in which order it ends; how one process is kept is in `keep.py`.
"""

import multiprocessing
import os
import shlex
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

from config.settings import SETTINGS_OF, environment_for, read
from gateway.endings import asking_for_the_end
from gateway.printout import Printout
from gateway.storage.embedded import EmbeddedStore
from gateway.storage.users import url_file

NO_URLS: Mapping[str, str] = MappingProxyType({})


STORE = Path("var/store")  # where the embedded store lies unless another folder is named


def procfile(path: Path) -> dict[str, str]:
    """The processes of a Procfile, name -> command line."""
    return dict(parse_procfile(path.read_text(encoding="utf-8")).processes)


def keeper() -> tuple[str, ...]:
    """The words before a command that have it started again when it dies, and ended when this process is gone."""
    return (sys.executable, "-m", "gateway.keep", "--as-long-as", str(os.getpid()), "--")


def up(processes: Mapping[str, str], environ: Mapping[str, str], *, store_folder: Path) -> int:
    """Run processes until a signal ends them all; returns the exit code.

    Without a `REDIS_URL` the embedded store is started before them and ended after them.
    Raises `BrokenSettings` before anything is started, `FolderInUse` if another runs on the same folder.
    """
    if environ.get("REDIS_URL") or environ.get("REDIS_URL_FILE"):
        return _run(_checked(environments(processes, environ)), processes)
    store = EmbeddedStore(store_folder, launcher=keeper())
    seen = _checked(environments(processes, environ, store_urls=store.urls))
    with store:
        return _run(seen, processes)


def environments(
    processes: Mapping[str, str], environ: Mapping[str, str], *, store_urls: Mapping[str, str] = NO_URLS
) -> dict[str, dict[str, str]]:
    """What each process will see: its own settings only, and our own Python before all others.

    Its address of the store is its own too: from `store_urls`, by the process' name; or, where `REDIS_URL_FILE` names
    a folder, the file there that bears its name.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), environ.get("PATH", os.defpath)])
    return {
        name: environment_for(name, {**environ, **_store_of(name, environ, store_urls), "PATH": path})
        for name in processes
    }


def _store_of(name: str, environ: Mapping[str, str], store_urls: Mapping[str, str]) -> dict[str, str]:
    if name in store_urls:
        return {"REDIS_URL": store_urls[name]}
    named = environ.get("REDIS_URL_FILE")
    return {"REDIS_URL_FILE": url_file(named, name)} if named else {}


def _checked(seen: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    for name, environ in seen.items():
        read(SETTINGS_OF[name], environ)
    return seen


def _run(seen: Mapping[str, dict[str, str]], processes: Mapping[str, str]) -> int:
    manager = _Manager(Printer(Printout(sys.stdout)))
    for name, environ in seen.items():
        kept = [*keeper(), "sh", "-c", f"exec {processes[name]}"]  # the shell fills in ports
        manager.add_process(name, f"exec {shlex.join(kept)}", env=environ)
    for number in asking_for_the_end():  # honcho hears two of them only
        signal.signal(number, lambda *_: signal.raise_signal(signal.SIGTERM))
    try:
        manager.loop()
    finally:
        for relay in multiprocessing.active_children():  # of a loop cut short; our exit would wait for them for ever
            relay.kill()
    return int(manager.returncode or 0)


class _Manager(Manager):  # type: ignore[misc]  # honcho has no types
    def terminate(self) -> None:
        """Have all end; whom honcho has not seen start yet, his keeper ends when we are gone."""
        try:
            super().terminate()
        except KeyError:
            raise SystemExit(self.returncode) from None
