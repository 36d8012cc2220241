"""Africa's Talking's USSD: from its form to neutral values, from a screen to its words."""

from typing import Final

from gateway.core.messages import MOST_STEPS, UssdOver, UssdStep
from gateway.providers.africastalking.wire import LAST, MORE, STEP
from gateway.providers.reading import LONGEST_TEXT, SESSION, fitting, form_fields, needed
from gateway.providers.wires import PLAIN, RawRequest, WireAnswer

_LONGEST: Final = {"sessionId": 128, "phoneNumber": 64, "serviceCode": 64, "text": LONGEST_TEXT, "status": 32}


class AfricasTalking:
    """See `UssdWire`. It keeps nothing: the whole dialogue is in each request."""

    def read(self, request: RawRequest) -> UssdStep | UssdOver:
        """See `UssdWire.read`. A number may be missing or withheld; that is for others to judge."""
        fields = form_fields(request.body, _LONGEST)
        if "status" in fields and "text" not in fields:  # the notice of an end; a step always has a text
            return UssdOver(needed(fields, "sessionId", SESSION), fields.get("phoneNumber", ""))
        inputs = read_inputs(fields.get("text", ""))
        return UssdStep(
            session=needed(fields, "sessionId", SESSION),
            from_text=fields.get("phoneNumber", ""),
            code=fields.get("serviceCode", ""),
            inputs=inputs,
            input=None,
            first=not inputs,
        )

    def show(self, screen: str, *, more: bool, step: UssdStep) -> WireAnswer:
        """See `UssdWire.show`. The word before the screen does not count: the operator takes it off."""
        return WireAnswer(((MORE if more else LAST) + fitting(screen)).encode(), PLAIN)

    def over(self) -> WireAnswer:
        """See `UssdWire.over`. Whatever has status 200 will do."""
        return WireAnswer(b"", PLAIN)


def read_inputs(text: str) -> tuple[str, ...]:
    """What was keyed so far, the oldest first; see `wire` for what the sign between two cannot tell."""
    return tuple(text.split(STEP, MOST_STEPS)[:MOST_STEPS]) if text else ()
