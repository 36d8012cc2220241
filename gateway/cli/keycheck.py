"""The key files, looked at from outside: what is missing, who else can read them, and days that should be gone."""

import stat
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from gateway.cli.remarks import Remark, look, mend, well
from gateway.core.errors import BrokenKey
from gateway.storage import keyfiles
from gateway.storage.vault import PublicVault, SessionNamer

OTHERS = 0o077
WHERE = "keys"


def needed_keys(folder: Path, today: date) -> Iterator[Remark]:
    """Keys without which a process cannot start, or could seal what nobody opens."""
    if not folder.is_dir():
        yield mend(WHERE, f"SANAD_KEYS: there is no folder {folder}: run `sanad keys new`")
        return
    vault = PublicVault(folder, monotonic=time.monotonic)
    namer = SessionNamer(folder, today=lambda: today, monotonic=time.monotonic)
    checks: tuple[Callable[[], object], ...] = (
        lambda: keyfiles.check_pair(folder, vault.epoch()),
        lambda: keyfiles.check_pair(folder, keyfiles.STAFF),
        lambda: namer.name("check", ""),
    )
    for check in checks:
        try:
            check()
        except BrokenKey as broken:
            yield mend(WHERE, f"SANAD_KEYS: {broken.advice}")


def keys_in_order(folder: Path, today: date) -> Iterator[Remark]:
    """What is wrong with keys that are there: their days, and who may read them."""
    if not folder.is_dir():
        return  # said by `needed_keys`
    try:
        yield from _days(folder, today)
        yield from _modes(folder)
    except BrokenKey as broken:
        yield mend(WHERE, f"SANAD_KEYS: {broken.advice}")


def _days(folder: Path, today: date) -> Iterator[Remark]:
    days = keyfiles.sealing_days(folder)
    if not days:
        return  # said by `needed_keys`
    newest = days[-1]
    if newest > today:
        yield mend(WHERE, f"the newest sealing key is of {newest}, a day to come: set the machine's clock right")
    elif newest < today:
        yield look(WHERE, f"the newest sealing key is of {newest}: while it runs the dialler makes one every day;"
                          " `sanad keys rotate` makes it now")  # fmt: skip
    overdue = [day for day in days if day < min(newest, today) - timedelta(days=1)]
    if overdue:
        yield mend(WHERE, f"{len(overdue)} sealing keys are older than two days, the oldest of {overdue[0]}; what they"
                          " sealed could still be opened: run `sanad keys rotate`")  # fmt: skip
    if today + timedelta(days=1) not in keyfiles.WebKeys(folder).days():
        yield look(WHERE, "web has no session key of tomorrow yet: the dialler or `sanad keys rotate` makes it")
    yield well(WHERE, f"sealing keys of {', '.join(map(str, days))}")


def _modes(folder: Path) -> Iterator[Remark]:
    secret = [path for name in ("dialler", "web") for path in (folder / name, *sorted((folder / name).glob("*")))]
    opened = [path for path in secret if path.exists() and stat.S_IMODE(path.stat().st_mode) & OTHERS]
    for path in opened:
        yield mend(str(path), f"others can read it: run `chmod {'700' if path.is_dir() else '600'} {path}`")
    public = [folder, folder / "public", *sorted((folder / "public").glob("*"))]
    for path in public:
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o022:
            yield mend(str(path), f"others can change it, and would read what is sealed: run `chmod go-w {path}`")
