"""What is kept under the keyed names of a phone: the same under each, for as long as it lives."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from gateway.core.identity import CaseId
from gateway.ports import Index
from gateway.storage.digests import digest
from gateway.storage.packet import Packet


def under_all_names(
    key: Callable[[str], str], indexes: Sequence[Index], kept: bytes, *, life: timedelta
) -> Iterator[Callable[[Packet], object]]:
    """The writes that keep this under every name of a phone."""
    return (partial(_set, name=key(index.name), kept=kept, life=life) for index in indexes)


def _set(packet: Packet, *, name: str, kept: bytes, life: timedelta) -> None:
    packet.set(name, kept, ex=life)


def from_ring(case: CaseId, at: datetime) -> bytes:
    """A ring as it is kept."""
    return b" ".join((digest(case), at.isoformat().encode()))


def rung_for_another(found: Iterable[bytes | None], case: CaseId) -> datetime | None:
    """When the last of these rings was, of what is kept under each name; None if it was for this case."""
    last = max((_to_ring(kept) for kept in found if kept is not None), default=None)
    return None if last is None or last[1] == digest(case) else last[0]


def _to_ring(kept: bytes) -> tuple[datetime, bytes]:
    holder, _, at = kept.partition(b" ")
    return datetime.fromisoformat(at.decode()), holder
