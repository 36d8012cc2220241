"""An aggregator's spelling as a value, read from a table of settings. Its faults are named, with the mend."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from gateway.core.errors import BrokenSetting

Scalar = str | int | bool


class Body(StrEnum):
    """Where the fields stand."""

    FORM = "form"
    QUERY = "query"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Phase:
    """The field that tells dialling from answering and hanging up; any value that is not listed is an answer."""

    field: str
    first: frozenset[str]
    over: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """A screen as plain text with a word before it: `CON ` and `END `, say."""

    more: str
    last: str


@dataclass(frozen=True, slots=True)
class JsonAnswer:
    """A screen as JSON: its field, the flag that says whether an answer is awaited, fields echoed, fields always equal.

    `echo` maps a field of the answer to `session`, `number`, `code` or `text`.
    """

    screen: str
    flag: str
    more: Scalar
    last: Scalar
    echo: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FieldMap:
    """How one aggregator spells a USSD dialogue.

    `cumulative`: `text` is everything keyed so far, joined by `*`; with `after_code` it stands after the dialled code
    and may end with `#`. Without `phase`, a first request is one whose text is empty or the dialled code itself.
    `turn` is a counter of the requests of a dialogue, if the wire has one.
    """

    session: str
    number: str
    text: str
    answer: TextAnswer | JsonAnswer
    code: str | None = None
    turn: str | None = None
    body: Body = Body.FORM
    cumulative: bool = False
    after_code: bool = False
    phase: Phase | None = None


ECHOED: Final = frozenset({"session", "number", "code", "text"})
_KEYS: Final = frozenset({*FieldMap.__slots__})
_TEXT_ANSWER: Final = frozenset({*TextAnswer.__slots__})
_JSON_ANSWER: Final = frozenset({*JsonAnswer.__slots__})
_PHASE: Final = frozenset({*Phase.__slots__})


def read_field_map(table: Mapping[str, object], *, name: str) -> FieldMap:
    """A field map from its table; `name` is what errors call it. Raises `BrokenSetting` with the key and the mend."""
    place = f"the USSD wire {name}"
    _known(table, _KEYS, place)
    found = FieldMap(
        session=_text(table, "session", place),
        number=_text(table, "number", place),
        text=_text(table, "text", place),
        code=_optional(table, "code", place),
        turn=_optional(table, "turn", place),
        body=_body(table, place),
        cumulative=_flag(table, "cumulative", place),
        after_code=_flag(table, "after_code", place),
        phase=_phase(table, place),
        answer=_answer(_table(table, "answer", place), f"{place}, answer"),
    )
    _consistent(found, place)
    return found


def _consistent(found: FieldMap, place: str) -> None:
    if found.after_code and not (found.cumulative and found.code):
        raise BrokenSetting(f"{place}: after_code needs cumulative = true and the field code")
    used = [found.session, found.number, found.text, found.code, found.turn, found.phase and found.phase.field]
    names = [name for name in used if name]
    if len(names) != len(set(names)):
        raise BrokenSetting(f"{place}: two of session, number, text, code, turn, phase name the same field")
    if isinstance(found.answer, JsonAnswer) and "code" in found.answer.echo.values() and not found.code:
        raise BrokenSetting(f"{place}: answer.echo uses code, but no field code is named")


def _phase(table: Mapping[str, object], place: str) -> Phase | None:
    if "phase" not in table:
        return None
    phase = _table(table, "phase", place)
    place = f"{place}, phase"
    _known(phase, _PHASE, place)
    first, over = _words(phase, "first", place), _words(phase, "over", place)
    if not first:
        raise BrokenSetting(f'{place}: first lists the values of a first request, like ["begin"]')
    if first & over:
        raise BrokenSetting(f"{place}: a value is in first and in over")
    return Phase(_text(phase, "field", place), first, over)


def _answer(table: Mapping[str, object], place: str) -> TextAnswer | JsonAnswer:
    if "screen" not in table:
        _known(table, _TEXT_ANSWER, place)
        more, last = _text(table, "more", place), _text(table, "last", place)
        if more == last:
            raise BrokenSetting(f"{place}: more and last must differ")
        return TextAnswer(more, last)
    _known(table, _JSON_ANSWER, place)
    echo = {name: _text(_echo(table, place), name, place) for name in _echo(table, place)}
    if not set(echo.values()) <= ECHOED:
        raise BrokenSetting(f"{place}: echo may name session, number, code and text")
    fixed = {name: _scalar(_fixed(table, place), name, place) for name in _fixed(table, place)}
    answer = JsonAnswer(
        screen=_text(table, "screen", place),
        flag=_text(table, "flag", place),
        more=_scalar(table, "more", place),
        last=_scalar(table, "last", place),
        echo=MappingProxyType(echo),
        fixed=MappingProxyType(fixed),
    )
    names = [answer.screen, answer.flag, *echo, *fixed]
    if len(names) != len(set(names)):
        raise BrokenSetting(f"{place}: a field of the answer is named twice")
    if answer.more == answer.last:
        raise BrokenSetting(f"{place}: more and last must differ")
    return answer


def _known(table: Mapping[str, object], keys: frozenset[str], place: str) -> None:
    if not table.keys() <= keys:
        raise BrokenSetting(f"{place}: a key is none of {', '.join(sorted(keys))}")


def _text(table: Mapping[str, object], key: str, place: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise BrokenSetting(f"{place}: {key} must be a text in quotes")
    return value


def _optional(table: Mapping[str, object], key: str, place: str) -> str | None:
    return _text(table, key, place) if key in table else None


def _flag(table: Mapping[str, object], key: str, place: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise BrokenSetting(f"{place}: {key} must be true or false")
    return value


def _body(table: Mapping[str, object], place: str) -> Body:
    value = table.get("body", Body.FORM.value)
    known = {kind.value: kind for kind in Body}
    if not isinstance(value, str) or value not in known:
        raise BrokenSetting(f"{place}: body must be one of {', '.join(known)}")
    return known[value]


def _words(table: Mapping[str, object], key: str, place: str) -> frozenset[str]:
    values = table.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BrokenSetting(f"{place}: {key} must be a list of texts in quotes; numbers and true stand in quotes too")
    return frozenset(values)


def _scalar(table: Mapping[str, object], key: str, place: str) -> Scalar:
    value = table.get(key)
    if not isinstance(value, str | int):
        raise BrokenSetting(f"{place}: {key} must be a text, a whole number, true or false")
    return value


def _table(table: Mapping[str, object], key: str, place: str) -> Mapping[str, object]:
    value = table.get(key)
    if not isinstance(value, dict):
        raise BrokenSetting(f"{place}: {key} must be a table")
    return value


def _echo(table: Mapping[str, object], place: str) -> Mapping[str, object]:
    return _table(table, "echo", place) if "echo" in table else {}


def _fixed(table: Mapping[str, object], place: str) -> Mapping[str, object]:
    return _table(table, "fixed", place) if "fixed" in table else {}
