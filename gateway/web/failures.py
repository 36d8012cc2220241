"""The one file that turns errors into HTTP. A caller never hears an error: she hears words, and the emergency number.

Never dead air: whatever is broken, a voice webhook that was truly the provider's is answered with a document.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from gateway.core.conversation import Channel, Prompt
from gateway.core.errors import BadRequest, BadSignature, SanadError
from gateway.providers.twilio import twiml
from gateway.services.switchboard import ALARM_SCRIPT, CALLER_SCRIPT, GATE_SCRIPT, OFFER_SCRIPT, script_for
from gateway.web.house import WebHouse

PLAIN = "text/plain; charset=utf-8"
VOICE_PATH = "/twilio/voice"
SCRIPT_OF_ENDPOINT: Mapping[str, str] = MappingProxyType(
    {"offer": OFFER_SCRIPT, "gate": GATE_SCRIPT, "alarm": ALARM_SCRIPT, "music": GATE_SCRIPT}
)


def register(app: Flask, house: WebHouse) -> None:
    """Handle every kind of error, foreseen or not."""
    words = _Words({script: _document(house, script) for script in house.wordings}, house.numbers)
    app.register_error_handler(BadSignature, _refused)
    app.register_error_handler(BadRequest, _malformed)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(SanadError, partial(_unavailable, words))
    app.register_error_handler(Exception, partial(_unforeseen, words))


def _document(house: WebHouse, script: str) -> str:
    """Made at start: when it is needed nothing else may work."""
    words = house.wordings[script].text(Prompt("unavailable"), channel=Channel.VOICE)
    return twiml.unavailable(words, voice=house.voice)


def _refused(error: BadSignature) -> Response:
    structlog.get_logger().warning("signature_refused", route=_route())
    return Response("This request is not signed by the provider.\n", 403, content_type=PLAIN)


def _malformed(error: BadRequest) -> Response:
    return Response(f"{error.advice}\n", 400, content_type=PLAIN)


def _http(error: HTTPException) -> Response:
    return Response(f"{error.name}\n", error.code or 400, content_type=PLAIN, headers=_allowed(error))


def _allowed(error: HTTPException) -> dict[str, str]:
    methods = getattr(error, "valid_methods", None)
    return {"Allow": ", ".join(methods)} if methods else {}


def _unavailable(words: "_Words", error: SanadError) -> Response:
    structlog.get_logger().error("request_failed", code=error.code, route=_route())
    return _words_or_503(words)


def _unforeseen(words: "_Words", error: Exception) -> Response:
    structlog.get_logger().exception("request_crashed", route=_route())
    return _words_or_503(words)


def _words_or_503(words: "_Words") -> Response:
    if request.path.startswith(VOICE_PATH):
        return Response(words.for_whoever_listens(), content_type="text/xml; charset=utf-8")
    return Response("The service cannot do this now.\n", 503, content_type=PLAIN, headers={"Retry-After": "5"})


@dataclass(frozen=True, slots=True)
class _Words:
    """The documents by script, and which number is whose."""

    documents: Mapping[str, str]
    numbers: Mapping[str, str]

    def for_whoever_listens(self) -> str:
        """Whoever picks up a phone that we rang, or works for us, must not hear what a caller hears."""
        endpoint = request.endpoint or ""
        if endpoint == "voice":
            return self.documents[script_for(request.form.get("To", ""), self.numbers)]
        return self.documents[SCRIPT_OF_ENDPOINT.get(endpoint, CALLER_SCRIPT)]


def _route() -> str:
    """The rule that matched, never the address itself: an address can hold anything."""
    return request.url_rule.rule if request.url_rule is not None else "-"
