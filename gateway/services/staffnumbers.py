"""Whose number is it, and what is hers? Only the dialler can ask: responders' numbers are sealed."""

from gateway.core.errors import CannotOpen
from gateway.core.identity import ResponderId
from gateway.core.phone import PhoneNumber
from gateway.ports import Opener, Strongroom
from gateway.services.bridging import STAFF_NUMBER


def number_of(responder: ResponderId, store: Strongroom, opener: Opener) -> PhoneNumber | None:
    """A responder's number; None if it is gone or cannot be opened."""
    sealed = store.staff_number(responder)
    if sealed is None:
        return None
    try:
        return opener.open(sealed, purpose=STAFF_NUMBER, subject=responder)
    except CannotOpen:
        return None


def responder_of(number: PhoneNumber, store: Strongroom, opener: Opener) -> ResponderId | None:
    """The responder of a number. The roster is short: each number is opened and compared."""
    known = (responder.id for responder in store.responders())
    return next((responder for responder in known if number_of(responder, store, opener) == number), None)
