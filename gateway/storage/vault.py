"""Sealing, opening and naming numbers with the keys of `keyfiles`.

Sealing is HPKE (RFC 9180) in its base mode with the hybrid KEM of ML-KEM-768 and X25519, HKDF-SHA256 and
ChaCha20-Poly1305: a box recorded today stays shut when one of the two KEMs is broken. Names are HMAC-SHA256 and
letters only, so that a search for digits of a number finds nothing innocent in them.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from gateway.core.errors import BrokenKey, CannotOpen, NotAPhoneNumber
from gateway.core.phone import PhoneNumber
from gateway.ports import Index, Sealed
from gateway.storage.keyfiles import STAFF, DiallerKeys, PublicKeys, WebKeys, parse_epoch

_PADDED = 32  # a number (at most 16 bytes) and a note (at most 14), a byte of length before each: one size for all
_LONGEST_NOTE = 14
_LOOK_AGAIN = 2.0  # seconds between looks into the key folder
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")


class PublicVault:
    """Seals numbers; can open nothing. Needs `public/` of the key folder only. Satisfies `ports.Sealer`.

    Takes up a new day's key within seconds, without a restart. `monotonic` is a clock in seconds, e.g.
    `time.monotonic`.
    """

    def __init__(self, folder: Path, *, monotonic: Callable[[], float]) -> None:
        self._keys = PublicKeys(folder)
        self._monotonic = monotonic
        self._suite = _suite()
        self._staff: MLKEM768X25519PublicKey | None = None
        self._current: _Current | None = None

    def epoch(self) -> str:
        """The day whose key callers' numbers are sealed with now. Raises `BrokenKey` if there is none."""
        return self._newest().epoch

    def seal(self, number: PhoneNumber, *, purpose: str, subject: str, note: str = "") -> Sealed:
        """Seal for one purpose and subject; purpose `staff` takes the staff key, any other the key of the day.

        The box is always 1,168 bytes. Raises `BrokenKey`, and `ValueError` for a note that does not fit.
        """
        epoch, key = (STAFF, self._staff_key()) if purpose == STAFF else self._newest().pair()
        box = self._suite.encrypt(_padded(number, note), key, _bound(purpose, subject, epoch))
        return Sealed(epoch, box)

    def _newest(self) -> "_Current":
        now = self._monotonic()
        current = self._current
        if current is not None and now - current.looked_at < _LOOK_AGAIN:
            return current
        days = self._keys.days()
        if not days:
            raise BrokenKey(f"{self._keys.folder}/public holds no sealing key: run `sanad keys new`")
        epoch = days[-1].isoformat()
        key = current.key if current is not None and current.epoch == epoch else _public_key(self._keys, epoch)
        self._current = _Current(epoch, key, now)  # one assignment: threads see the old or the new, never a mixture
        return self._current

    def _staff_key(self) -> MLKEM768X25519PublicKey:
        if self._staff is None:
            self._staff = _public_key(self._keys, STAFF)
        return self._staff


class OpeningVault:
    """Opens, indexes and seals anew. Needs `public/` and `dialler/` of the key folder. Satisfies `ports.Opener`.

    Opening keys are read for each box and not kept: when the file is destroyed, this process cannot open either.
    The key that names phones on a day is made from that day's opening key, and so is gone with it.
    """

    def __init__(self, folder: Path, *, monotonic: Callable[[], float]) -> None:
        """Raises `BrokenKey` if the keys in use are not there, or can be read by others."""
        self._sealer = PublicVault(folder, monotonic=monotonic)
        self._keys = DiallerKeys(folder)
        self._suite = _suite()
        self._keys.opening(self._sealer.epoch())

    def epoch(self) -> str:
        """The day whose keys are in use now. Raises `BrokenKey`."""
        return self._sealer.epoch()

    def seal(self, number: PhoneNumber, *, purpose: str, subject: str, note: str = "") -> Sealed:
        """As `PublicVault.seal`."""
        return self._sealer.seal(number, purpose=purpose, subject=subject, note=note)

    def open(self, sealed: Sealed, *, purpose: str, subject: str) -> PhoneNumber:
        """Open a box. Raises `CannotOpen`, which does not say why; `BrokenKey` if its key is there but unusable."""
        return self.open_with_note(sealed, purpose=purpose, subject=subject)[0]

    def open_with_note(self, sealed: Sealed, *, purpose: str, subject: str) -> tuple[PhoneNumber, str]:
        """Open a box that may hold a note, too. Raises as `open`."""
        if sealed.epoch != STAFF and parse_epoch(sealed.epoch) is None:  # it becomes a file name
            raise _refusal()
        if (purpose == STAFF) != (sealed.epoch == STAFF) or not self._keys.has(sealed.epoch):
            raise _refusal()
        key = _private_key(self._keys, sealed.epoch)
        try:
            padded = self._suite.decrypt(sealed.box, key, _bound(purpose, subject, sealed.epoch))
            number, rest = _taken(padded)
            return PhoneNumber.parse(number), _taken(rest)[0]
        except (InvalidTag, ValueError, IndexError, NotAPhoneNumber):
            raise _refusal() from None

    def reseal(self, sealed: Sealed, *, purpose: str, subject: str) -> Sealed | None:
        """The same number sealed with the newest key; None if it already is. Raises as `open`."""
        if sealed.epoch in {STAFF, self.epoch()}:
            return None
        return self.seal(self.open(sealed, purpose=purpose, subject=subject), purpose=purpose, subject=subject)

    def indexes(self, number: PhoneNumber, *, purpose: str) -> tuple[Index, ...]:
        """Keyed names of a number for a purpose, 64 letters from a to p each: by the key in use, then by all others.

        Raises `BrokenKey`.
        """
        current = self.epoch()
        others = sorted({day.isoformat() for day in self._keys.days()} - {current}, reverse=True)
        return tuple(
            Index(epoch, _name(_naming_key(self._keys.opening(epoch)), purpose, number.reveal()))
            for epoch in (current, *others)
        )


class SessionNamer:
    """Names conversations and limits in `web` by a key that changes daily. Needs `web/` of the key folder only.

    `today` gives the UTC date; `monotonic` seconds.
    """

    def __init__(self, folder: Path, *, today: Callable[[], date], monotonic: Callable[[], float]) -> None:
        self._keys = WebKeys(folder)
        self._today = today
        self._monotonic = monotonic
        self._looked: tuple[date, float, bytes, bytes] | None = None

    def name(self, purpose: str, text: str) -> str:
        """Today's name of a text (a call's id, a number): 64 letters from a to p. Raises `BrokenKey`."""
        return _name(self._two_keys()[0], purpose, text)

    def names(self, purpose: str, text: str) -> tuple[str, str]:
        """Today's name and yesterday's, to look up what began before midnight; the same twice if there is but one."""
        today, yesterday = self._two_keys()
        return _name(today, purpose, text), _name(yesterday, purpose, text)

    def _two_keys(self) -> tuple[bytes, bytes]:
        day, now = self._today(), self._monotonic()
        if self._looked is None or self._looked[0] != day or now - self._looked[1] >= _LOOK_AGAIN:
            known = self._keys.days()  # tomorrow's key may be there already; after a wrong clock it may be the only one
            days = [other for other in known if other <= day] or known[:1]
            if not days:
                raise BrokenKey(f"{self._keys.folder}/web holds no session key of today: run `sanad keys rotate`")
            older, newer = days[-2:] if len(days) > 1 else days * 2
            self._looked = (day, now, self._keys.session(newer), self._keys.session(older))
        return self._looked[2:]


@dataclass(frozen=True, slots=True)
class _Current:
    """The newest public key, and when (monotonic seconds) the folder was last looked at."""

    epoch: str
    key: MLKEM768X25519PublicKey
    looked_at: float

    def pair(self) -> tuple[str, MLKEM768X25519PublicKey]:
        return self.epoch, self.key


def _suite() -> Suite:
    return Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def _refusal() -> CannotOpen:
    return CannotOpen("this number cannot be opened; its key was destroyed, or it was sealed for something else")


def _bound(*parts: str) -> bytes:
    """HPKE's `info`: each part preceded by its length, so that no two lists of parts give the same bytes."""
    encoded = [part.encode() for part in parts]
    return b"sanad/1|" + b"".join(len(part).to_bytes(2, "big") + part for part in encoded)


def _padded(number: PhoneNumber, note: str) -> bytes:
    digits, words = number.reveal().encode("ascii"), note.encode("ascii")
    if len(words) > _LONGEST_NOTE:
        raise ValueError("a note has at most 14 letters and digits")
    return (bytes([len(digits)]) + digits + bytes([len(words)]) + words).ljust(_PADDED, b"\0")


def _taken(padded: bytes) -> tuple[str, bytes]:
    """The first text, by the length before it, and what follows."""
    end = 1 + padded[0]
    return padded[1:end].decode("ascii"), padded[end:]


def _name(key: bytes, purpose: str, text: str) -> str:
    """Purposes are ours and hold no NUL, so purpose and text cannot be mistaken for each other."""
    message = purpose.encode() + b"\0" + text.encode("utf-8", "surrogatepass")
    return hmac.digest(key, message, "sha256").hex().translate(_LETTERS)


def _naming_key(opening: bytes) -> bytes:
    """A key of its own for names: HMAC with a secret of 96 random bytes, from which nothing of that can be learnt."""
    return hmac.digest(opening, b"sanad/1|index", "sha256")


def _public_key(keys: PublicKeys, epoch: str) -> MLKEM768X25519PublicKey:
    raw = keys.sealing(epoch)
    try:
        ml_kem = MLKEM768PublicKey.from_public_bytes(raw[:-32])
    except ValueError:
        raise BrokenKey(f"the public key of {epoch} is damaged: remove it and run `sanad keys new`") from None
    return MLKEM768X25519PublicKey(ml_kem, X25519PublicKey.from_public_bytes(raw[-32:]))


def _private_key(keys: DiallerKeys, epoch: str) -> MLKEM768X25519PrivateKey:
    raw = keys.opening(epoch)
    ml_kem = MLKEM768PrivateKey.from_seed_bytes(raw[:-32])
    return MLKEM768X25519PrivateKey(ml_kem, X25519PrivateKey.from_private_bytes(raw[-32:]))
