"""The provider's webhooks: verify, translate, ask a service, translate back. Nothing here knows a rule.

Every view has at most a few lines. What goes wrong is turned into words or a status in `gateway.web.failures`.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial

from flask import Flask, Response, abort, request, send_from_directory

from gateway.core.errors import BadRequest
from gateway.core.identity import CallId, Token
from gateway.providers.reading import form_pairs, is_form
from gateway.providers.twilio import inbound, signature, twiml
from gateway.providers.twilio.messages import parse_message, parse_message_status
from gateway.providers.twilio.twiml import Urls
from gateway.services.conversations import Contact
from gateway.services.switchboard import ALARM_SCRIPT, GATE_SCRIPT, OFFER_SCRIPT, script_for
from gateway.web.house import WebHouse
from gateway.web.texts import answer_message

XML = "text/xml; charset=utf-8"
TOKEN = re.compile(r"[a-z]{16,64}")
STEP = re.compile(r"[0-9]{1,4}")
STEP_IN_QUERY = re.compile(r"(?:^|&)step=([^&]*)")
LONGEST_FORM = 64 * 1024  # bytes; an honest webhook has about one kilobyte
MOST_FIELDS = 200
BACK = "back"
HOLD_MUSIC = "/audio/music/hold.wav"  # four seconds of soft notes, made for this project


def register(app: Flask, house: WebHouse) -> None:
    """Put all routes on the app; every one of them needs the provider's signature but the plain files."""
    for path, name, view in (
        ("/twilio/voice", "voice", _call_arrived),
        ("/twilio/voice/back", "back", _caller_brought_back),
        ("/twilio/voice/offer/<token>", "offer", _responder_answered),
        ("/twilio/voice/gate/<token>", "gate", _caller_answered),
        ("/twilio/voice/alarm", "alarm", _supervisor_answered),
        ("/twilio/voice/music", "music", _music),
        ("/twilio/sms", "sms", _message_arrived),
        ("/twilio/status", "status", _line_reported),
        ("/twilio/status/offer/<token>", "offer_status", _offer_reported),
        ("/twilio/status/gate/<token>", "gate_status", _attempt_reported),
        ("/twilio/status/alarm", "alarm_status", _alarm_reported),
        ("/twilio/status/message", "reply_status", _reply_reported),
        ("/twilio/status/message/<token>", "message_status", _message_reported),
    ):
        app.add_url_rule(path, name, _signed(house, view), methods=["POST"])
    app.add_url_rule(HOLD_MUSIC, "hold_music", partial(_hold_music, house), methods=["GET"])
    app.add_url_rule("/audio/<script>/<path:name>", "audio", partial(_recording, house), methods=["GET"])


def _signed(house: WebHouse, view: Callable[..., Response]) -> Callable[..., Response]:
    def checked(**arguments: str) -> Response:
        """The form is read here and not by the framework, which spends more on it than the signature costs."""
        environ, body = request.environ, request.get_data()
        content_type = environ.get("CONTENT_TYPE", "")
        form = form_pairs(body, most=MOST_FIELDS) if is_form(content_type) else []
        signature.verify(
            house.auth_token,
            public_url=house.public_url,
            raw_path=_raw_path(environ),
            raw_query=environ.get("QUERY_STRING", ""),
            form=form,
            body=b"" if form else body,
            content_type=content_type,
            signature=environ.get("HTTP_X_TWILIO_SIGNATURE"),
        )
        return view(house, form, **arguments)

    return checked


def _raw_path(environ: Mapping[str, str]) -> str:
    """The path as it stood in the request line: a server that keeps it tells, else the routes' plain letters are it."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ["PATH_INFO"]
    return raw.partition("?")[0]


Fields = list[tuple[str, str]]


def _call_arrived(house: WebHouse, form: Fields) -> Response:
    return _converse(house, form, None, None)


def _caller_brought_back(house: WebHouse, form: Fields) -> Response:
    return _converse(house, form, None, BACK)


def _responder_answered(house: WebHouse, form: Fields, token: str) -> Response:
    return _converse(house, form, OFFER_SCRIPT, token)


def _caller_answered(house: WebHouse, form: Fields, token: str) -> Response:
    return _converse(house, form, GATE_SCRIPT, token)


def _supervisor_answered(house: WebHouse, form: Fields) -> Response:
    return _converse(house, form, ALARM_SCRIPT, None)


def _converse(house: WebHouse, form: Fields, script: str | None, token: str | None) -> Response:
    call = inbound.parse_call(form)
    if call.status is not None and call.status.is_final:
        return _after_the_end(house, call.call, script, token)
    step = _step()
    contact = Contact(
        script=script or script_for(call.to, house.numbers),
        session=call.call,
        call=call.call,
        step=step,
        keys=call.keys,
        back=token == BACK and step is None,
        caller_text=call.from_text if script is None else "",
        token=None if token is None or token == BACK else _token(token),
    )
    answer = house.conversations.answer(contact)
    document = twiml.render(
        answer.replies,
        speech=house.wordings[contact.script],
        urls=_urls(house, contact.script, answer.next_step),
        voice=house.voice,
    )
    return Response(document, content_type=XML)


def _after_the_end(house: WebHouse, call: CallId, script: str | None, token: str | None) -> Response:
    """A conference asks what comes next for whoever hung up, too: nobody listens, but the case must hear of it."""
    if script is None:
        house.reports.line_ended(call)
    elif token is not None and token != BACK:
        ended = house.reports.attempt_ended if script == GATE_SCRIPT else house.reports.offer_ended
        ended(_token(token), call)
    return Response(twiml.hang_up(), content_type=XML)


def _urls(house: WebHouse, script: str, step: int | None) -> Urls:
    following = f"{house.public_url}{request.environ['PATH_INFO']}"
    return Urls(
        next=following if step is None else f"{following}?step={step}",
        music=f"{house.public_url}/twilio/voice/music",
        audio_base=f"{house.public_url}/audio/{script}",
        hold=f"{house.public_url}{HOLD_MUSIC}",
    )


def _music(house: WebHouse, form: Fields) -> Response:
    return Response(twiml.music(_urls(house, OFFER_SCRIPT, None)), content_type=XML)


def _message_arrived(house: WebHouse, form: Fields) -> Response:
    return answer_message(house, house.sms_wires["twilio"], parse_message(form))


def _line_reported(house: WebHouse, form: Fields) -> Response:
    report = inbound.parse_status(form)
    if report.status.is_final:
        house.reports.line_ended(report.call)
    return Response(status=204)


def _offer_reported(house: WebHouse, form: Fields, token: str) -> Response:
    report = inbound.parse_status(form)
    if report.status.is_final:
        house.reports.offer_ended(_token(token), CallId(report.call))
    return Response(status=204)


def _attempt_reported(house: WebHouse, form: Fields, token: str) -> Response:
    report = inbound.parse_status(form)
    if report.status.is_final:
        house.reports.attempt_ended(_token(token), report.call)
    return Response(status=204)


def _alarm_reported(house: WebHouse, form: Fields) -> Response:
    """Only its record is to be deleted: while the reason lasts, the supervisor is rung again by the clock."""
    report = inbound.parse_status(form)
    if report.status.is_final:
        house.reports.line_ended(report.call)
    return Response(status=204)


def _reply_reported(house: WebHouse, form: Fields) -> Response:
    house.message_reports.reported(parse_message_status(form), token=None, kept_there=True)
    return Response(status=204)


def _message_reported(house: WebHouse, form: Fields, token: str) -> Response:
    house.message_reports.reported(parse_message_status(form), token=_token(token), kept_there=True)
    return Response(status=204)


def _hold_music(house: WebHouse) -> Response:
    return send_from_directory(house.recordings / "music", "hold.wav", max_age=86400)


def _recording(house: WebHouse, script: str, name: str) -> Response:
    if script not in house.wordings:
        abort(404)
    return send_from_directory(house.recordings / script / "audio", name, max_age=3600)


def _step() -> int | None:
    """The step as we wrote it into our own addresses, in plain digits."""
    found = STEP_IN_QUERY.search(request.environ.get("QUERY_STRING", ""))
    if found is None:
        return None
    if STEP.fullmatch(found[1]) is None:
        raise BadRequest("step must be a whole number of up to four digits")
    return int(found[1])


def _token(text: str) -> Token:
    if TOKEN.fullmatch(text) is None:
        raise BadRequest("the address ends in a token of small letters")
    return Token(text)
