"""Deleting what the provider keeps of calls and messages. The dialler runs this: it alone may ask there."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from gateway.core.errors import ProviderBusy, ProviderRefused, ProviderUncertain
from gateway.core.identity import CallId
from gateway.core.messages import MessageId, Record, RecordKind, RecordPage
from gateway.jobs import Bell, JobName
from gateway.ports import Strongroom, Telephone, Transaction

RECORDS_AT_ONCE = 5  # offers must not wait behind deletions
TRY_RECORD_AGAIN_AFTER = timedelta(minutes=10)
TRIED_FOR = timedelta(days=14)
LEFT_FOR = timedelta(hours=2)  # by then a call is over, and its record noted, if anybody told us of it


class RecordLists(Protocol):
    """The provider's own lists of what it keeps of calls and messages of our numbers. Errors as of `Telephone`."""

    @property
    def names(self) -> Sequence[str]:
        """The lists, by names that can stand in a job: letters, digits and hyphens, and no number."""

    def page(self, name: str, *place: str, before: datetime) -> RecordPage:
        """What was made before a moment, of one page of a list: the first, or the one that another said follows it.

        One request. Nothing for a list that is not among `names`, and beyond the last page that is read of one.
        """


class Recordkeeping:
    """The dialler's work on the provider's records."""

    def __init__(
        self,
        store: Strongroom,
        *,
        telephone: Telephone,
        forget_message: Callable[[MessageId], None],
        lists: RecordLists,
        clock: Callable[[], datetime],
    ) -> None:
        """`forget_message` deletes the provider's record of a message, as `Texting.forget` does."""
        self._store = store
        self._telephone = telephone
        self._forget_message = forget_message
        self._lists = lists
        self._clock = clock

    def forget_records(self) -> None:
        """Delete what the provider holds of calls and messages; what it will not delete yet is tried again later."""
        now = self._clock()
        for record in self._store.due_records(now, RECORDS_AT_ONCE):
            since = self._store.record_since(record) or now
            if self._forget(record):
                self._store.record_deleted(record)
            elif now - since > TRIED_FOR:
                self._store.record_given_up(record)
            else:
                self._store.record_kept(record, try_at=now + TRY_RECORD_AGAIN_AFTER)

    def _forget(self, record: Record) -> bool:
        try:
            if record.kind is RecordKind.CALL:
                self._telephone.forget(CallId(record.id))
            else:
                self._forget_message(MessageId(record.id))
        except (ProviderBusy, ProviderRefused, ProviderUncertain):
            return False
        return True

    def find_records(self, name: str = "", *place: str) -> None:
        """Note for deletion what the provider holds though nobody told us of it: of one page of one of its lists.

        The first webhook of a call may have met a dead server, and the report of its end as well. What was given up is
        found here again, and so tried once more each time. The next page, or the next list, is rung for behind all
        that waits by then: danger waits for one request, and not for all of them. A list that cannot be read is passed
        over; whatever ends this job is raised on.
        """
        names = self._lists.names
        asked = name or names[0]
        following = tuple(names[names.index(asked) + 1 :][:1]) if asked in names else ()
        try:
            page = self._lists.page(asked, *place, before=self._clock() - LEFT_FOR)
            self._note(page.records)
            following = (asked, *page.following) if page.following else following
        finally:
            if following:
                self._store.ring(Bell(JobName.FIND_RECORDS, following))

    def _note(self, records: Sequence[Record]) -> None:
        def work(transaction: Transaction) -> None:
            for record in records:
                if record.kind is RecordKind.CALL:
                    transaction.note_record(CallId(record.id))
                else:
                    transaction.note_message(MessageId(record.id))

        if records:
            self._store.transact(work)
