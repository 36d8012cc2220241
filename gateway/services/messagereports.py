"""What the provider reports of messages of ours: late, twice, out of order or never. Only a failure means anything.

Every report names a record that the provider keeps; it is noted, for a message whose sending timed out is known by its
report only.
"""

from collections.abc import Callable
from datetime import datetime

from gateway.core import events as on
from gateway.core.identity import Token
from gateway.core.messages import MessageReport, MessageStatus
from gateway.core.roster import Reach
from gateway.ports import Store, Transaction
from gateway.services.casework import apply_all

NOT_READ = frozenset({MessageStatus.UNDELIVERED, MessageStatus.FAILED, MessageStatus.CANCELLED})


class MessageReports:
    """Replies of ours, and texts of offers."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def reported(self, report: MessageReport, *, token: Token | None, kept_there: bool) -> None:
        """Note the record, if the provider keeps one; an offer whose text nobody can read goes to the next woman."""

        def work(transaction: Transaction) -> None:
            if kept_there:
                transaction.note_message(report.id)
            if token is not None and report.status in NOT_READ:
                self._miss(transaction, token)

        if kept_there or (token is not None and report.status in NOT_READ):
            self._store.transact(work)

    def _miss(self, transaction: Transaction, token: Token) -> None:
        name = transaction.case_of(token)
        case = None if name is None else transaction.case(name)
        offer = None if case is None else case.offer(token)
        if case is not None and offer is not None and offer.by is Reach.TEXT:
            apply_all(transaction, case, on.OfferMissed(token), now=self._clock())
