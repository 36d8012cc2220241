"""From Kannel's requests to neutral values, and a reply to its words."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from gateway.core.errors import BadRequest
from gateway.core.lengths import is_gsm7
from gateway.core.messages import MessageArrived, MessageId, MessageReport
from gateway.providers.kannel.charsets import decode
from gateway.providers.kannel.statuses import message_status
from gateway.providers.kannel.wire import ALIASES, NAMES, UCS2
from gateway.providers.reading import LONGEST_TEXT, needed, one_each, pairs
from gateway.providers.wires import PLAIN, RawRequest, WireAnswer

_FORM: Final = "application/x-www-form-urlencoded"
_LONGEST: Final = {"from": 255, "to": 64, "id": 64, "coding": 8, "charset": 40, "status": 8}
_ID: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
_CHARSET: Final = re.compile(r"charset=\"?([A-Za-z0-9._-]+)", re.IGNORECASE)
_HALVES: Final = re.compile("[\x00\ud800-\udfff]")


class Kannel:
    """See `SmsWire`."""

    def read(self, request: RawRequest) -> MessageArrived:
        """See `SmsWire.read`. The sender may be missing, a name or a short number; that is for others to judge."""
        found = _found(request)
        fields = one_each(((name, value.decode("utf-8", "replace")) for name, value in found), _LONGEST)
        message = MessageId(needed(fields, "id", _ID))
        text = decode(_text(found), charset=fields.get("charset", ""), ucs2=fields.get("coding") == UCS2)
        return MessageArrived(message, fields.get("from", "").strip(), fields.get("to", ""), _HALVES.sub("", text))

    def answer(self, text: str, *, valid_for: timedelta) -> WireAnswer:
        """See `SmsWire.answer`. Nothing goes out for an empty text only where `omit-empty` is on."""
        headers = {"X-Kannel-Validity": str(minutes(valid_for))} if text else {}
        if not is_gsm7(text):
            headers["X-Kannel-Coding"] = UCS2
        return WireAnswer(text.encode(), PLAIN, headers)


def read_report(request: RawRequest, *, token: str) -> MessageReport:
    """A delivery report; `token` is the one in its path. Raises `BadRequest`."""
    if not _TOKEN.fullmatch(token):
        raise BadRequest("the token in the path does not look like one")
    fields = one_each(((name, value.decode("utf-8", "replace")) for name, value in pairs(request.raw_query)), _LONGEST)
    return MessageReport(MessageId(token), message_status(fields.get("status", "")))


def minutes(length: timedelta) -> int:
    """Whole minutes, rather less than more: late is a danger. At least one, for zero means that nothing was set."""
    return max(1, length // timedelta(minutes=1))


def _found(request: RawRequest) -> list[tuple[str, bytes]]:
    """All fields under our names: from the query, a form's body, or a body that is the text itself."""
    found = pairs(request.raw_query)
    if request.body and request.content_type.partition(";")[0].strip().lower() == _FORM:
        found += pairs(request.body)
    elif request.body:
        found = [(name, value) for name, value in found if ALIASES.get(name, name) not in {"text", "charset"}]
        label = _CHARSET.search(request.content_type)
        found += [("text", request.body), ("charset", (label[1] if label else "").encode())]
    return _renamed(found, ALIASES)


def _renamed(found: list[tuple[str, bytes]], aliases: Mapping[str, str]) -> list[tuple[str, bytes]]:
    return [(aliases.get(name, name), value) for name, value in found if aliases.get(name, name) in NAMES]


def _text(found: list[tuple[str, bytes]]) -> bytes:
    texts = {value for name, value in found if name == "text"}
    if len(texts) > 1:
        raise BadRequest("text comes twice with different values")
    raw = texts.pop() if texts else b""
    if len(raw) > 4 * LONGEST_TEXT:
        raise BadRequest(f"text is longer than {4 * LONGEST_TEXT} bytes")
    return raw
