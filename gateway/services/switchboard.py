"""Which script a call belongs to: a call of ours carries it in its address, others are told apart by number."""

from collections.abc import Mapping

from gateway.core.errors import NotAPhoneNumber
from gateway.core.phone import PhoneNumber, is_callable, is_withheld

CALLER_SCRIPT = "extortion"
OFFER_SCRIPT = "offer"
GATE_SCRIPT = "gate"
STAFF_SCRIPT = "staff"
ALARM_SCRIPT = "alarm"
SCRIPTS = (CALLER_SCRIPT, OFFER_SCRIPT, GATE_SCRIPT, STAFF_SCRIPT, ALARM_SCRIPT)


def script_for(to: str, numbers: Mapping[str, str]) -> str:
    """The script of the number that was dialled or written to; an unknown one is a caller's: nobody is turned away.

    Some networks leave out the plus of a number, or put one before a short code.
    """
    dialled = to.strip().removeprefix("+")
    return next((script for number, script in numbers.items() if number.removeprefix("+") == dialled), CALLER_SCRIPT)


def callable_number(text: str, regions: frozenset[str]) -> PhoneNumber | None:
    """The number of whoever calls or writes, if it is one of these regions that we may call and write to.

    Never a premium, foreign or short one: whoever sets a sender's number at will would have us send where it costs.
    """
    number = caller_number(text)
    return number if number is not None and is_callable(number, regions) else None


def caller_number(text: str) -> PhoneNumber | None:
    """The number a call came from; None if it is withheld or is no telephone's."""
    if is_withheld(text):
        return None
    try:
        return PhoneNumber.parse(text)
    except NotAPhoneNumber:
        return None
