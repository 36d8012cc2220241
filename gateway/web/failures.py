"""The one file that turns errors into HTTP. A caller never hears an error: she hears words, and the emergency number.

Never dead air: whatever is broken, a voice webhook that was truly the provider's is answered with a document.
"""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from gateway.core.conversation import Channel, Prompt
from gateway.core.errors import BadRequest, BadSignature, SanadError
from gateway.providers.twilio import twiml
from gateway.services.switchboard import ALARM_SCRIPT, CALLER_SCRIPT, GATE_SCRIPT, OFFER_SCRIPT
from gateway.web.house import WebHouse

PLAIN = "text/plain; charset=utf-8"
VOICE_PATH = "/twilio/voice"
SCRIPT_OF_ENDPOINT: Mapping[str, str] = MappingProxyType(
    {"offer": OFFER_SCRIPT, "gate": GATE_SCRIPT, "alarm": ALARM_SCRIPT}
)

Documents = Mapping[str, str]


def register(app: Flask, house: WebHouse) -> None:
    """Handle every kind of error, foreseen or not."""
    documents = {script: _document(house, script) for script in house.wordings}
    app.register_error_handler(BadSignature, _refused)
    app.register_error_handler(BadRequest, _malformed)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(SanadError, partial(_unavailable, documents))
    app.register_error_handler(Exception, partial(_unforeseen, documents))


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


def _unavailable(documents: Documents, error: SanadError) -> Response:
    structlog.get_logger().error("request_failed", code=error.code, route=_route())
    return _words_or_503(documents)


def _unforeseen(documents: Documents, error: Exception) -> Response:
    structlog.get_logger().exception("request_crashed", route=_route())
    return _words_or_503(documents)


def _words_or_503(documents: Documents) -> Response:
    if request.path.startswith(VOICE_PATH):
        return Response(documents[_script_called()], content_type="text/xml; charset=utf-8")
    return Response("The service cannot do this now.\n", 503, content_type=PLAIN, headers={"Retry-After": "5"})


def _script_called() -> str:
    """Whose words these must be: whoever picks up a phone that we rang must not hear what a caller hears."""
    return SCRIPT_OF_ENDPOINT.get(request.endpoint or "", CALLER_SCRIPT)


def _route() -> str:
    """The rule that matched, never the address itself: an address can hold anything."""
    return request.url_rule.rule if request.url_rule is not None else "-"
