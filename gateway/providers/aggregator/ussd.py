"""Any aggregator's USSD by its field map: from its request to neutral values, from a screen to its answer."""

import json
import re
from typing import Final

from gateway.core.errors import BadRequest
from gateway.core.messages import MOST_STEPS, UssdOver, UssdStep
from gateway.providers.aggregator.fieldmap import Body, FieldMap, JsonAnswer, Scalar
from gateway.providers.reading import LONGEST_TEXT, SESSION, fitting, form_fields, json_fields, needed, whole_number
from gateway.providers.wires import JSON, PLAIN, RawRequest, WireAnswer

_STEP: Final = "*"
_CODE: Final = re.compile(r"\*[0-9*]{1,32}#")


class Aggregator:
    """See `UssdWire`."""

    def __init__(self, spelling: FieldMap) -> None:
        """It keeps the map and nothing else."""
        self._map = spelling
        sizes = {spelling.session: 128, spelling.number: 64, spelling.text: LONGEST_TEXT}
        if spelling.code:
            sizes[spelling.code] = 64
        if spelling.turn:
            sizes[spelling.turn] = 9
        if spelling.phase:
            sizes[spelling.phase.field] = 64
        self._longest = sizes

    def read(self, request: RawRequest) -> UssdStep | UssdOver:
        """See `UssdWire.read`."""
        spelling = self._map
        fields = self._fields(request)
        session = needed(fields, spelling.session, SESSION)
        from_text, text = fields.get(spelling.number, ""), fields.get(spelling.text, "")
        code = fields.get(spelling.code, "") if spelling.code else ""
        phase = self._phase(fields)
        if phase == "over":
            return UssdOver(session, from_text)
        inputs = self._inputs(text, code) if spelling.cumulative else None
        first = phase == "first" if spelling.phase else not (inputs if inputs is not None else _keyed(text, code))
        return UssdStep(
            session=session,
            from_text=from_text,
            code=code,
            inputs=() if first and inputs is not None else inputs,
            input=None if first or inputs is not None else text,
            first=first,
            turn=whole_number(fields, spelling.turn) if spelling.turn else None,
        )

    def show(self, screen: str, *, more: bool, step: UssdStep) -> WireAnswer:
        """See `UssdWire.show`."""
        answer = self._map.answer
        if not isinstance(answer, JsonAnswer):
            return WireAnswer(((answer.more if more else answer.last) + fitting(screen)).encode(), PLAIN)
        said = {"session": step.session, "number": step.from_text, "code": step.code, "text": step.input or ""}
        fields: dict[str, Scalar] = {
            **answer.fixed,
            **{field: said[what] for field, what in answer.echo.items()},
            answer.screen: fitting(screen),
            answer.flag: answer.more if more else answer.last,
        }
        return WireAnswer(json.dumps(fields, ensure_ascii=False).encode(), JSON)

    def over(self) -> WireAnswer:
        """See `UssdWire.over`."""
        return WireAnswer(b"{}", JSON) if isinstance(self._map.answer, JsonAnswer) else WireAnswer(b"", PLAIN)

    def _fields(self, request: RawRequest) -> dict[str, str]:
        if self._map.body is Body.JSON:
            return json_fields(request.body, self._longest)
        return form_fields(request.raw_query if self._map.body is Body.QUERY else request.body, self._longest)

    def _phase(self, fields: dict[str, str]) -> str:
        phase = self._map.phase
        if phase is None:
            return ""
        value = fields.get(phase.field)
        if value is None:
            raise BadRequest(f"{phase.field} is missing")
        return "first" if value in phase.first else "over" if value in phase.over else "answer"

    def _inputs(self, text: str, code: str) -> tuple[str, ...]:
        """All keys so far, the oldest first; after the dialled code where the wire repeats it."""
        if self._map.after_code:
            begun = code.removesuffix("#")
            if not begun or not (text.removesuffix("#") + _STEP).startswith(begun + _STEP):
                raise BadRequest(f"{self._map.text} does not begin with the dialled code")
            text = text.removesuffix("#")[len(begun) :].removeprefix(_STEP)
        return tuple(text.split(_STEP, MOST_STEPS)[:MOST_STEPS]) if text else ()


def _keyed(text: str, code: str) -> bool:
    """Whether a text is an answer: not empty, and not what was dialled."""
    return bool(text) and text != code and not _CODE.fullmatch(text)
