"""Trouble with the provider comes into the log, once for each stretch of it, and never with a number.

Who asked the provider goes on as before: what is noted here is raised on.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog

from gateway.core.calls import CallStatus
from gateway.core.errors import ProviderError, StoreUnavailable
from gateway.core.identity import CallId
from gateway.core.messages import RecordPage
from gateway.core.phone import PhoneNumber
from gateway.core.troubles import MENDS, Trouble
from gateway.ports import Strongroom, Telephone
from gateway.services.recordkeeping import RecordLists


class Troubles:
    """Notes each kind of trouble in the log when it is met for the first time in a while."""

    def __init__(self, store: Strongroom) -> None:
        self._store = store

    @contextmanager
    def noted(self, *besides: Trouble) -> Iterator[None]:
        """Note what the provider raises in here, and what comes of it `besides`."""
        try:
            yield
        except ProviderError as error:
            for trouble in (error.trouble, *besides):
                if trouble is not Trouble.EXPECTED and self._is_new(trouble):
                    structlog.get_logger().error(
                        "provider_trouble", trouble=trouble.value, code=error.code, mend=MENDS[trouble]
                    )
            raise

    def _is_new(self, trouble: Trouble) -> bool:
        try:
            return self._store.first_trouble(trouble)
        except StoreUnavailable:  # what the provider said must still reach whoever asked it
            return True


class NotedTelephone:
    """A telephone whose troubles are noted: `gateway.ports.Telephone`."""

    def __init__(self, telephone: Telephone, troubles: Troubles) -> None:
        self._telephone = telephone
        self._noted = troubles.noted

    def ring(
        self, to: PhoneNumber, *, answer_path: str, status_path: str, ring_for: timedelta, limit: timedelta
    ) -> CallId:
        """See `Telephone.ring`."""
        with self._noted():
            return self._telephone.ring(
                to, answer_path=answer_path, status_path=status_path, ring_for=ring_for, limit=limit
            )

    def redirect(self, call: CallId, *, path: str) -> None:
        """See `Telephone.redirect`."""
        with self._noted():
            self._telephone.redirect(call, path=path)

    def cancel(self, call: CallId) -> bool:
        """See `Telephone.cancel`."""
        with self._noted():
            return self._telephone.cancel(call)

    def hang_up(self, call: CallId) -> None:
        """See `Telephone.hang_up`."""
        with self._noted():
            self._telephone.hang_up(call)

    def status(self, call: CallId) -> CallStatus | None:
        """See `Telephone.status`."""
        with self._noted():
            return self._telephone.status(call)

    def placed_since(self, to: PhoneNumber, since: datetime) -> list[CallId]:
        """See `Telephone.placed_since`."""
        with self._noted():
            return self._telephone.placed_since(to, since)

    def forget(self, call: CallId) -> None:
        """See `Telephone.forget`."""
        with self._noted():
            self._telephone.forget(call)


class NotedRecords:
    """Lists of records whose troubles are noted: `RecordLists`."""

    def __init__(self, lists: RecordLists, troubles: Troubles) -> None:
        self._lists = lists
        self._noted = troubles.noted

    @property
    def names(self) -> Sequence[str]:
        """See `RecordLists.names`."""
        return self._lists.names

    def page(self, name: str, *place: str, before: datetime) -> RecordPage:
        """See `RecordLists.page`."""
        with self._noted(Trouble.UNLISTED):
            return self._lists.page(name, *place, before=before)
