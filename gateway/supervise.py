"""Everything in the Procfile, run together: each process under a keeper, with only the settings that it may see.

Here stands who is started, with which environment, and in which order it ends; how one process is kept is in `keep.py`.
"""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import Manager

from config.settings import SETTINGS_OF, environment_for, read
from gateway.storage.embedded import EmbeddedStore


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
        return _run(processes, environ)
    store = EmbeddedStore(store_folder, launcher=keeper())
    _check(processes, {**environ, "REDIS_URL": store.url})
    with store:
        return _run(processes, {**environ, "REDIS_URL": store.url})


def environments(processes: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What each process will see: its own settings only, and our own Python before all others."""
    path = os.pathsep.join([str(Path(sys.executable).parent), environ.get("PATH", os.defpath)])
    return {name: environment_for(name, {**environ, "PATH": path}) for name in processes}


def _check(processes: Mapping[str, str], environ: Mapping[str, str]) -> None:
    for name, seen in environments(processes, environ).items():
        read(SETTINGS_OF[name], seen)


def _run(processes: Mapping[str, str], environ: Mapping[str, str]) -> int:
    _check(processes, environ)
    manager = Manager()
    for name, seen in environments(processes, environ).items():
        kept = [*keeper(), "sh", "-c", f"exec {processes[name]}"]  # the shell fills in ports
        manager.add_process(name, f"exec {shlex.join(kept)}", env=seen)
    manager.loop()
    return int(manager.returncode or 0)
