"""The folder of key files: how they are named, written, read, renewed and destroyed.

Three folders, so that each process can be given only what it may know: `public/` (readable by all), `web/`, `dialler/`.
What is done with the keys is in `vault`. All days are UTC dates, given by the caller.
"""

import base64
import binascii
import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from gateway.core.errors import BrokenKey

STAFF = "staff"  # the epoch of the pair for staff numbers, which has no day
_ML_KEM_SEED, _X25519 = 64, 32


class Kind(StrEnum):
    """What a key file holds; stands in its first line."""

    SEALING_PUBLIC = "sealing-public"
    SEALING_PRIVATE = "sealing-private"
    SESSION = "session"


_BYTES = {
    Kind.SEALING_PUBLIC: 1184 + 32,
    Kind.SEALING_PRIVATE: _ML_KEM_SEED + _X25519,
    Kind.SESSION: 32,
}


_MEND_OF = {
    Kind.SEALING_PUBLIC: "put the right file back, or remove it and run `sanad keys new`, which makes it again",
    Kind.SEALING_PRIVATE: "put the right file back; if there is none, remove it and `sanad doctor` says how to go on",
    Kind.SESSION: "remove it and run `sanad keys new`",
}


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What everybody may read: the public keys numbers are sealed with."""

    folder: Path

    def days(self) -> list[date]:
        """The days whose public key is here, the newest last."""
        return _days(self.folder / "public", "sealing", ".pub")

    def sealing(self, epoch: str) -> bytes:
        """A day's (`YYYY-MM-DD`) or `staff`'s key: ML-KEM-768 (1184 bytes), then X25519 (32). Raises `BrokenKey`."""
        return _read(_public(self.folder, epoch), Kind.SEALING_PUBLIC, epoch)


@dataclass(frozen=True, slots=True)
class DiallerKeys:
    """What only the dialler's user can read: the opening keys, which the keys that name phones are made from."""

    folder: Path

    def days(self) -> list[date]:
        """The days whose opening key is here, the newest last."""
        return _days(self.folder / "dialler", "sealing", ".key")

    def has(self, epoch: str) -> bool:
        """Whether the opening key of an epoch (still) exists."""
        return _private(self.folder, epoch).exists()

    def opening(self, epoch: str) -> bytes:
        """The private key of a day or of `staff`: ML-KEM-768 seed (64 bytes), then X25519 (32). Raises `BrokenKey`."""
        return _read(_private(self.folder, epoch), Kind.SEALING_PRIVATE, epoch)


@dataclass(frozen=True, slots=True)
class WebKeys:
    """What only web's user can read: the keys that name sessions and limits."""

    folder: Path

    def days(self) -> list[date]:
        """The days whose session key is here, the newest last."""
        return _days(self.folder / "web", "session", ".key")

    def session(self, day: date) -> bytes:
        """The session key of a day, 32 bytes. Raises `BrokenKey`."""
        return _read(_session(self.folder, day), Kind.SESSION, day.isoformat())


def initialise(folder: Path, today: date) -> list[Path]:
    """Make the folder and every key that is missing in it; change none that is there. Returns what was made.

    Done again after a crash it goes on where it stopped. Raises `BrokenKey`, also where nothing may be written.
    """
    try:
        for name, mode in (("public", 0o755), ("dialler", 0o700), ("web", 0o700)):
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / name).chmod(mode)
    except OSError as error:
        raise BrokenKey(f"{folder} cannot be made ({error.strerror}): give it to this user, or name another") from None
    return [*_new_pair(folder, STAFF), *new_day(folder, today)]


def new_day(folder: Path, today: date) -> list[Path]:
    """Make the keys of the day that are missing: the sealing pair, and web's session keys. Returns what was made.

    To be called at least once a day, before `destroy_old`, by whoever may write all three folders; where the
    processes have users of their own, each calls its half of both.
    """
    return [*new_sealing_pair(folder, today), *new_session_keys(folder, today)]


def new_sealing_pair(folder: Path, today: date) -> list[Path]:
    """Make the sealing pair of the day if it is missing. Safe in several processes at once and after a crash."""
    made = _new_pair(folder, today.isoformat())
    _withdraw_days_to_come(folder, today)
    return made


def _withdraw_days_to_come(folder: Path, today: date) -> None:
    """Have nobody seal any more with a key of a day to come: the clock was wrong, and such a key would not age.

    Its public half goes; the private one, which opens what was sealed meanwhile, is marked with the day on which it was
    withdrawn. On its own day it is in use again as if nothing had been: a second key of one day would lose numbers.
    """
    for day in [day for day in PublicKeys(folder).days() if day > today]:
        with suppress(FileNotFoundError):
            os.utime(_private(folder, day.isoformat()), (_midnight(today), _midnight(today)))
        _unlinked(_public(folder, day.isoformat()))


def _midnight(day: date) -> float:
    return datetime.combine(day, time(), UTC).timestamp()


def new_session_keys(folder: Path, today: date) -> list[Path]:
    """Make the session keys of today and tomorrow, so that at midnight every web process changes at the same moment."""
    days = (today, today + timedelta(days=1))
    return [
        path
        for day in days
        for path in _created(_session(folder, day), Kind.SESSION, day.isoformat(), key=os.urandom(_BYTES[Kind.SESSION]))
    ]


def destroy_old(folder: Path, today: date) -> list[Path]:
    """Destroy what is due: old sealing pairs and old session keys. Returns what is gone."""
    return [*destroy_old_pairs(folder, today), *destroy_old_session_keys(folder, today)]


def destroy_old_pairs(folder: Path, today: date) -> list[Path]:
    """Destroy the sealing pairs that a newer one has replaced for a whole day. Returns what is gone.

    The pair of day D goes on day D+2, 24 hours after numbers were sealed with the next one and 48 after it was made;
    if the daily turn was missed it stays until its successor is a day old, so that nothing sealed a moment ago is
    lost. A pair of a day to come, which a wrong clock made, goes on the day after it was withdrawn. Open cases must
    have been sealed anew before. The files are unlinked, not overwritten: on flash, on copy-on-write and on journalling
    file systems overwriting proves nothing. Use an encrypted disk, and keep this folder out of backups.
    """
    replaced = [day for day in PublicKeys(folder).days() if day < today]
    halves = sealing_days(folder)  # a crash may have left one without the other
    old = [day for day in halves if replaced and day < replaced[-1]]
    withdrawn = [day for day in halves if day > today and _was_withdrawn_before(folder, day, today)]
    epochs = [day.isoformat() for day in (*old, *withdrawn)]
    gone = [path for epoch in epochs for path in (_private(folder, epoch), _public(folder, epoch))]
    return [path for path in gone if _unlinked(path)]


def _was_withdrawn_before(folder: Path, day: date, today: date) -> bool:
    private, public = (half(folder, day.isoformat()) for half in (_private, _public))
    return private.exists() and not public.exists() and private.stat().st_mtime < _midnight(today)


def destroy_old_session_keys(folder: Path, today: date) -> list[Path]:
    """Destroy the session keys of the days before yesterday and after tomorrow. Returns what is gone."""
    near = (today - timedelta(days=1), today, today + timedelta(days=1))
    due = [day for day in WebKeys(folder).days() if day not in near]
    return [path for path in (_session(folder, day) for day in due) if _unlinked(path)]


def check_pair(folder: Path, epoch: str) -> None:
    """Raise `BrokenKey` unless both halves of an epoch's pair are here and are of one pair."""
    opening, sealing = DiallerKeys(folder).opening(epoch), PublicKeys(folder).sealing(epoch)
    if _public_half(opening) != sealing:
        raise BrokenKey(
            f"{_public(folder, epoch)} is not the other half of {_private(folder, epoch)}, so nobody opens what it"
            " seals: end everything, put the right file back, or remove the first and run `sanad keys new`; start again"
        )


def sealing_days(folder: Path) -> list[date]:
    """The days of which a sealing key is here, or one half of it; the newest last. Raises `BrokenKey`."""
    return sorted({*PublicKeys(folder).days(), *_days(folder / "dialler", "sealing", ".key")})


def parse_epoch(text: str) -> date | None:
    """The day of an epoch, None for anything but a plain `YYYY-MM-DD`."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    with suppress(ValueError):
        return date.fromisoformat(text)
    return None


# --- names -----------------------------------------------------------------------------------------


def _public(folder: Path, epoch: str) -> Path:
    return folder / "public" / (f"{STAFF}.pub" if epoch == STAFF else f"sealing-{epoch}.pub")


def _private(folder: Path, epoch: str) -> Path:
    return folder / "dialler" / (f"{STAFF}.key" if epoch == STAFF else f"sealing-{epoch}.key")


def _session(folder: Path, day: date) -> Path:
    return folder / "web" / f"session-{day.isoformat()}.key"


def _days(folder: Path, stem: str, suffix: str) -> list[date]:
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BrokenKey(f"{folder} cannot be read ({error.strerror}): give it to the user of this process") from None
    matching = [name for name in names if name.startswith(f"{stem}-") and name.endswith(suffix)]
    days = (parse_epoch(name.removeprefix(f"{stem}-").removesuffix(suffix)) for name in matching)
    return sorted(day for day in days if day is not None)


# --- reading ---------------------------------------------------------------------------------------


def _read(path: Path, kind: Kind, epoch: str) -> bytes:
    try:
        with path.open("rb") as file:
            mode, folder = os.fstat(file.fileno()).st_mode, path.parent.stat().st_mode
            content = file.read(4096)
    except FileNotFoundError:
        raise BrokenKey(_missing(path, kind, epoch)) from None
    except OSError as error:
        raise BrokenKey(f"{path} cannot be read ({error.strerror}): give it to the user of this process") from None
    _refuse_what_is_open_to_others(path, kind, mode=mode, folder=folder)
    return _decoded(content, path, kind=kind, epoch=epoch)


def _refuse_what_is_open_to_others(path: Path, kind: Kind, *, mode: int, folder: int) -> None:
    """A private key that others can read; a key that they can change, or put another in the place of."""
    if kind is not Kind.SEALING_PUBLIC and mode & 0o077:
        raise BrokenKey(f"{path} can be read by others: run `chmod 600 {path}`")
    if kind is not Kind.SEALING_PUBLIC and folder & 0o077:
        raise BrokenKey(f"{path.parent} is open to others: run `chmod 700 {path.parent}`")
    for changeable, found in ((path, mode), (path.parent, folder)):
        if found & 0o022:
            raise BrokenKey(f"{changeable} can be changed by others: run `chmod go-w {changeable}`")


def _missing(path: Path, kind: Kind, epoch: str) -> str:
    """What to do; a private half is not made anew beside a public one: what that sealed meanwhile would be lost."""
    public = _public(path.parent.parent, epoch)
    if kind is not Kind.SEALING_PRIVATE or not public.exists():
        return f"{path} is missing: run `sanad keys new`"
    if epoch == STAFF:
        return (
            f"{path} is missing: put it back. If it is lost, nobody on the roster can be rung: remove {public}, run"
            " `sanad keys new`, then remove every responder and add her again"
        )
    return (
        f"{path} is missing: put it back. If it is lost, so are the numbers that were sealed since that day: end"
        f" everything, remove {public}, run `sanad keys new` and start again"
    )


def _decoded(content: bytes, path: Path, *, kind: Kind, epoch: str) -> bytes:
    head, _, body = content.partition(b"\n")
    mend = _MEND_OF[kind]
    if head != _head(kind, epoch):
        raise BrokenKey(f"{path} does not begin with `{_head(kind, epoch).decode()}`: {mend}")
    try:
        key = base64.b64decode(body.strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != _BYTES[kind]:
        raise BrokenKey(f"{path} is damaged, it should hold {_BYTES[kind]} bytes in base64: {mend}")
    return key


def _head(kind: Kind, epoch: str) -> bytes:
    return f"sanad-key 1 {kind} {epoch}".encode()


# --- writing ---------------------------------------------------------------------------------------


def _new_pair(folder: Path, epoch: str) -> list[Path]:
    """The private half first, the public half from what is on disk: web never seals what nobody can open."""
    public, private = _public(folder, epoch), _private(folder, epoch)
    if public.exists() and not private.exists():
        raise BrokenKey(_missing(private, Kind.SEALING_PRIVATE, epoch))
    seed = MLKEM768PrivateKey.generate().private_bytes_raw() + X25519PrivateKey.generate().private_bytes_raw()
    made = _created(private, Kind.SEALING_PRIVATE, epoch, key=seed)
    opening = DiallerKeys(folder).opening(epoch)
    return [*made, *_created(public, Kind.SEALING_PUBLIC, epoch, key=_public_half(opening))]


def _public_half(opening: bytes) -> bytes:
    ml_kem = MLKEM768PrivateKey.from_seed_bytes(opening[:_ML_KEM_SEED]).public_key()
    x25519 = X25519PrivateKey.from_private_bytes(opening[_ML_KEM_SEED:]).public_key()
    return ml_kem.public_bytes_raw() + x25519.public_bytes_raw()


def _created(path: Path, kind: Kind, epoch: str, *, key: bytes) -> list[Path]:
    """Write a key file whole and durable, or leave the one that is there: a key is never overwritten."""
    if path.exists():
        return []
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise BrokenKey(f"{path} cannot be made ({error.strerror}): give {path.parent} to this user") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_head(kind, epoch) + b"\n" + base64.b64encode(key) + b"\n")
            os.fchmod(file.fileno(), 0o644 if kind is Kind.SEALING_PUBLIC else 0o600)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)  # as atomic as a rename, but loses against another process instead of overwriting
        except FileExistsError:
            return []
    finally:
        Path(temporary).unlink()
        _sync(path.parent)
    return [path]


def _unlinked(path: Path) -> bool:
    """Remove a key file and what a crash while writing it left behind; durable on return."""
    left = [*path.parent.glob(f".{path.name}.*.tmp")]
    existed = path.exists()
    for file in (*left, path):
        file.unlink(missing_ok=True)
    if existed or left:
        _sync(path.parent)
    return existed


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
