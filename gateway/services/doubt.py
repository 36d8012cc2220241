"""Attempts whose call was never known: before a phone is rung again, what may still ring of them is ended.

The provider may keep a call in its queue for a day. Only the dialler can ask, by the number.
"""

from collections.abc import Iterable
from datetime import datetime

from gateway.core.calls import CallStatus
from gateway.core.case import Case
from gateway.core.errors import ProviderBusy, ProviderRefused, ProviderUncertain
from gateway.core.identity import CallId
from gateway.core.messages import Record, RecordKind
from gateway.core.phone import PhoneNumber
from gateway.ports import Strongroom, Telephone


def is_settled(
    number: PhoneNumber, cases: Iterable[Case], *, store: Strongroom, telephone: Telephone, now: datetime
) -> bool:
    """Whether nothing rings any more of attempts at this phone, which `cases` are about, whose call was never known.

    It costs one list request, and only in doubt. A provider that refuses to tell will never tell: then the half hour
    between two attempts must do.
    """
    since = min((case.in_doubt_since for case in cases if case.in_doubt_since is not None), default=None)
    if since is None:
        return True
    try:
        for call in telephone.placed_since(number, since):
            end_unless_final(call, telephone.status(call), store=store, telephone=telephone, now=now)
    except ProviderRefused:
        return True
    except (ProviderBusy, ProviderUncertain):
        return False
    return True


def end_unless_final(
    call: CallId, status: CallStatus | None, *, store: Strongroom, telephone: Telephone, now: datetime
) -> None:
    """End a call that would ring at a moment that nobody watches. Its record is noted: only the provider told of it."""
    store.note_record(Record(RecordKind.CALL, call), now=now)
    if status is not None and not status.is_final:
        telephone.hang_up(call)
