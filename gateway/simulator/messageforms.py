"""Messages that the service asks for by REST, read from its forms."""

from collections.abc import Mapping
from typing import Final

from gateway.simulator.forms import E164, Form, Refused, absolute, know, number, one
from gateway.simulator.messages import LONGEST_VALIDITY, Message, MessageDirection
from gateway.simulator.messagetwiml import LONGEST_BODY

_CREATE: Final = frozenset(
    [
        "To",
        "From",
        "Body",
        "StatusCallback",
        "ValidityPeriod",
        "ContentRetention",
        "AddressRetention",
        "Attempt",  # this one and those below are known, and without effect here
        "ForceDelivery",
        "MaxPrice",
        "ProvideFeedback",
        "RiskCheck",
        "SmartEncoded",
    ]
)
_SWITCHES: Final[Mapping[str, tuple[str, int]]] = {
    "ContentRetention": ("discard", 30029),
    "AddressRetention": ("obfuscate", 30030),
}


def read_message(form: Form, *, account: str, own_numbers: frozenset[str]) -> Message:
    """A message to be sent. Raises `Refused`."""
    know(form, _CREATE)
    to, sender, body = one(form, "To"), one(form, "From"), one(form, "Body")
    if not to:
        raise Refused(400, 21604, "A 'To' phone number is required")
    if not sender:
        raise Refused(400, 21603, "A 'From' phone number is required")
    if not body.strip():
        raise Refused(400, 21602, "Message body is required")
    if not E164.fullmatch(to):
        raise Refused(400, 21211, "The 'To' number is not a valid phone number")
    if sender not in own_numbers:
        raise Refused(400, 21606, "The 'From' number is not one of this account's")
    if to == sender:
        raise Refused(400, 21266, "'To' and 'From' cannot be the same")
    if len(body) > LONGEST_BODY:
        raise Refused(400, 21617, f"The message body exceeds the {LONGEST_BODY} character limit")
    return Message(
        account=account,
        sender=sender,
        to=to,
        body=body,
        direction=MessageDirection.API,
        validity=_validity(form),
        callback=absolute(one(form, "StatusCallback"), "StatusCallback", code=21609)
        if "StatusCallback" in form
        else "",
        discards=_switch(form, "ContentRetention"),
        obfuscates=_switch(form, "AddressRetention"),
    )


def read_redaction(form: Form) -> None:
    """The only change that there is: an empty body. Raises `Refused` for any other."""
    know(form, frozenset(["Body"]))
    if "Body" not in form or one(form, "Body"):
        raise Refused(400, 21610, "a message can only be given an empty Body")


def _validity(form: Form) -> int:
    seconds = number(form, "ValidityPeriod", LONGEST_VALIDITY)
    if seconds > LONGEST_VALIDITY:
        raise Refused(400, 20001, f"ValidityPeriod must be from 1 to {LONGEST_VALIDITY}")
    return seconds


def _switch(form: Form, name: str) -> bool:
    word, code = _SWITCHES[name]
    value = one(form, name, "retain")
    if value not in {"retain", word}:
        raise Refused(400, code, f"{name} must be retain or {word}")
    return value == word
