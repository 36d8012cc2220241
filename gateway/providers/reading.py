"""Reading fields out of raw requests, and the secret of the wires that sign nothing.

Whatever is wrong is said without repeating what came.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import parse_qsl, unquote_plus

from gateway.core.conversation import Channel
from gateway.core.errors import BadRequest, BadSignature, BrokenScript
from gateway.core.lengths import excess

SESSION: Final = re.compile(r"[A-Za-z0-9_.:@+=/-]{1,128}")
LONGEST_TEXT: Final = 8192  # characters; a long message has 255 parts at most, and nobody's reply has ten
_MOST_FIELDS: Final = 100
_FORM: Final = "application/x-www-form-urlencoded"
_NEVER_SENT: Final = re.compile("[\x00\ud800-\udfff]")
_NUMBER: Final = re.compile(r"[0-9]{1,9}")


def verify_secret(expected: str, given: str | None) -> None:
    """Raise `BadSignature` unless the secret is ours, in a time that tells nothing. No secret set: nobody comes in."""
    right, tried = _digest(expected), _digest(given or "")
    if not hmac.compare_digest(right, tried) or not expected:
        raise BadSignature("the request does not carry the secret that this wire was given")


def pairs(raw: bytes) -> list[tuple[str, bytes]]:
    """Fields of a query or of a form's body, values as the bytes they were. Raises `BadRequest`."""
    try:
        found = parse_qsl(
            raw.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        found = None
    if found is None:
        raise BadRequest(f"more than {_MOST_FIELDS} fields")
    return [(name, value.encode("latin-1")) for name, value in found]


def is_form(content_type: str) -> bool:
    """Whether a body of this type is a form that `form_pairs` can read."""
    return content_type.partition(";")[0].strip().lower() == _FORM


def form_pairs(raw: bytes, *, most: int) -> list[tuple[str, str]]:
    """Fields of a query or of a form's body in UTF-8, in their order. Raises `BadRequest` for more than `most`.

    What `parse_qsl` finds, for half of its price: of forty fields it takes apart each, and five have anything in them
    that must be.
    """
    fields = raw.decode("utf-8", "replace").split("&")
    if len(fields) > most:
        raise BadRequest(f"more than {most} fields")
    parts = (field.partition("=") for field in fields if field)
    return [(_unescaped(name), _unescaped(value)) for name, _, value in parts]


def _unescaped(text: str) -> str:
    return unquote_plus(text) if "%" in text or "+" in text else text


def form_fields(raw: bytes, longest: Mapping[str, int]) -> dict[str, str]:
    """The fields named in `longest` out of a query or form in UTF-8, each at most so many characters."""
    return one_each(form_pairs(raw, most=_MOST_FIELDS), longest)


def json_fields(raw: bytes, longest: Mapping[str, int]) -> dict[str, str]:
    """The same out of a JSON object. `true` and whole numbers become words, null is as if absent."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise BadRequest("the body is not one JSON object")
    return one_each(
        ((name, _word(name, document[name])) for name in longest if document.get(name) is not None), longest
    )


def one_each(found: Iterable[tuple[str, str]], longest: Mapping[str, int]) -> dict[str, str]:
    """The fields that we use, each checked and with one value. The same value twice is once."""
    fields: dict[str, str] = {}
    for name, value in found:
        limit = longest.get(name)
        if limit is None:
            continue
        if len(value) > limit:
            raise BadRequest(f"{name} is longer than {limit} characters")
        if _NEVER_SENT.search(value):
            raise BadRequest(f"{name} holds a NUL or half a character")
        if fields.setdefault(name, value) != value:
            raise BadRequest(f"{name} comes twice with different values")
    return fields


def needed(fields: Mapping[str, str], name: str, shape: re.Pattern[str]) -> str:
    """A field that must be there and look like `shape`."""
    value = fields.get(name)
    if not value:
        raise BadRequest(f"{name} is missing")
    if not shape.fullmatch(value):
        raise BadRequest(f"{name} does not look like one")
    return value


def whole_number(fields: Mapping[str, str], name: str) -> int | None:
    """A field that is a whole number of at most nine digits, if it is there."""
    text = fields.get(name)
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise BadRequest(f"{name} must be a whole number")
    return int(text)


def fitting(screen: str) -> str:
    """The screen, if a phone can show it. Raises `BrokenScript`: cut off, a number in it would be a wrong number."""
    over = excess(screen, channel=Channel.USSD)
    if over:
        raise BrokenScript(f"a screen is {over} UTF-16 units too long for USSD; `sanad scripts check` finds it")
    return screen


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _word(name: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    if isinstance(value, int) and abs(value) < 1 << 64:
        return str(value)
    raise BadRequest(f"{name} is neither a text, nor a whole number, nor true or false")
