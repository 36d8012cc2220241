"""Small pieces that several services use on a case."""

from datetime import datetime

from gateway.core import events as on
from gateway.core.case import ENDS, Case
from gateway.core.consequences import Moved
from gateway.core.errors import ForbiddenMove
from gateway.core.identity import CaseId
from gateway.core.moves import move
from gateway.ports import Transaction


def open_case(transaction: Transaction, name: str | None) -> Case | None:
    """The case of this name; None if none is named, or if it is over, erased already or not."""
    case = None if name is None else transaction.case(CaseId(name))
    return None if case is None or case.state in ENDS else case


def standing(transaction: Transaction, name: CaseId) -> Case | None:
    """The case of this name, or the one that it became part of; None if that is over, too."""
    case = open_case(transaction, name)
    if case is not None:
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
