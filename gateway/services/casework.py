"""Small pieces that several services use on a case."""

from datetime import datetime

from gateway.core import events as on
from gateway.core.case import ENDS, Case
from gateway.core.consequences import Moved
from gateway.core.errors import ForbiddenMove
from gateway.core.identity import CaseId
from gateway.core.moves import move
from gateway.ports import Transaction


def standing(transaction: Transaction, name: CaseId) -> Case | None:
    """The case of this name, or the one that it became part of; None if that is over, too."""
    case = transaction.case(name)
    if case is not None and case.state not in ENDS:
        return case
    heir = transaction.heir_of(name)
    return None if heir is None else standing(transaction, heir)


def apply_all(transaction: Transaction, case: Case, *events: on.Event, now: datetime) -> Case | None:
    """Move a case by each of these events that may happen to it, and keep the result; None if none might.

    A case that is over, or that somebody else has by now, stays as it is: webhooks and jobs come late and twice.
    """
    moved = Moved(case)
    changed = False
    for event in events:
        try:
            following = move(moved.case, event, now=now)
        except ForbiddenMove:
            continue
        moved = Moved(following.case, (*moved.consequences, *following.consequences))
        changed = True
    if not changed:
        return None
    transaction.apply(moved)
    return moved.case
