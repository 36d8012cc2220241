"""Deleting what the provider keeps of calls and messages. The dialler runs this: it alone may ask there."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from gateway.core.errors import ProviderBusy, ProviderRefused, ProviderUncertain
from gateway.core.identity import CallId
from gateway.core.messages import MessageId, Record, RecordKind
from gateway.ports import Strongroom, Telephone, Transaction

RECORDS_AT_ONCE = 5  # offers must not wait behind deletions
TRY_RECORD_AGAIN_AFTER = timedelta(minutes=10)
TRIED_FOR = timedelta(days=14)
LEFT_FOR = timedelta(hours=2)  # by then a call is over, and its record noted, if anybody told us of it


class Recordkeeping:
    """The dialler's work on the provider's records."""

    def __init__(
        self,
        store: Strongroom,
        *,
        telephone: Telephone,
        forget_message: Callable[[MessageId], None],
        left_before: Callable[[datetime], Sequence[Record]],
        clock: Callable[[], datetime],
    ) -> None:
        """`forget_message` deletes the provider's record of a message, as `Texting.forget` does; `left_before` lists
        the records of our numbers that were made there before a moment, and raises as `Telephone` does.
        """
        self._store = store
        self._telephone = telephone
        self._forget_message = forget_message
        self._left_before = left_before
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

    def find_records(self) -> None:
        """Note for deletion what the provider holds though nobody told us of it.

        The first webhook of a call may have met a dead server, and the report of its end as well. What was given up is
        found here again, and so tried once more each time.
        """
        left = self._left_before(self._clock() - LEFT_FOR)

        def work(transaction: Transaction) -> None:
            for record in left:
                if record.kind is RecordKind.CALL:
                    transaction.note_record(CallId(record.id))
                else:
                    transaction.note_message(MessageId(record.id))

        if left:
            self._store.transact(work)
