"""The routes of messages and USSD steps. Twilio signs its own; the others need a secret in the address."""

import hmac
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from flask import Flask, Response, abort, request

from gateway.core.conversation import Channel
from gateway.core.errors import BadSignature
from gateway.core.identity import Token
from gateway.core.messages import MessageArrived, UssdOver
from gateway.core.texting import compose, goes_on
from gateway.providers.kannel.inbound import read_report
from gateway.providers.wires import RawRequest, SmsWire, UssdWire, WireAnswer
from gateway.services.switchboard import CALLER_SCRIPT, STAFF_SCRIPT, script_for
from gateway.web.house import WebHouse
from gateway.web.query import argument

REPLY_LIVES = timedelta(minutes=15)  # a late message at night is a danger
MINTED = ("/kannel/sms", "/kannel/sms/<secret>")


def register(app: Flask, house: WebHouse) -> None:
    """Put the routes of Kannel and of every USSD wire on the app; one without a secret in the settings stays shut."""
    kannel = partial(_sms, house, house.sms_wires["kannel"])
    for path in MINTED:
        app.add_url_rule(path, path, _guarded(house.kannel_secret, kannel), methods=["GET", "POST"])
    reports = "/kannel/status/<token>"
    app.add_url_rule(
        reports, reports, _guarded(house.kannel_secret, partial(_kannel_reported, house)), methods=["GET", "POST"]
    )
    for name, wire in house.ussd_wires.items():
        screens = _guarded(house.ussd_secret, partial(_ussd, house, wire))
        for path in (f"/{name}/ussd", f"/{name}/ussd/<secret>"):
            app.add_url_rule(path, path, screens, methods=["GET", "POST"])  # some send all in the query


def _guarded(expected: str | None, view: Callable[..., Response]) -> Callable[..., Response]:
    def checked(secret: str | None = None, **arguments: str) -> Response:
        given = secret if secret is not None else argument("secret") or ""
        if expected is None:
            abort(404)
        if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass")):
            raise BadSignature("the address does not hold the secret")
        return view(**arguments)

    return checked


def _raw() -> RawRequest:
    query: str = request.environ.get("QUERY_STRING", "")
    return RawRequest(query.encode("latin-1", "replace"), request.get_data(cache=True), request.content_type or "")


def _sms(house: WebHouse, wire: SmsWire) -> Response:
    return answer_message(house, wire, wire.read(_raw()))


def answer_message(house: WebHouse, wire: SmsWire, message: MessageArrived) -> Response:
    """The answer to a message that its wire has read, and vouches for."""
    script = script_for(message.to, house.numbers)
    taker = house.letterbox if script == STAFF_SCRIPT else house.texts
    text = compose(taker.message(message).replies, house.wordings[script], channel=Channel.SMS)
    return _answered(wire.answer(text, valid_for=REPLY_LIVES))


def _kannel_reported(house: WebHouse, token: str) -> Response:
    report = read_report(_raw(), token=token)
    house.message_reports.reported(report, token=Token(token), kept_there=False)
    return Response(status=204)


def _ussd(house: WebHouse, wire: UssdWire) -> Response:
    step = wire.read(_raw())
    if isinstance(step, UssdOver):
        house.texts.ussd_over(step)
        return _answered(wire.over())
    answer = house.texts.ussd(step)
    screen = compose(answer.replies, house.wordings[CALLER_SCRIPT], channel=Channel.USSD)
    return _answered(wire.show(screen, more=goes_on(answer.replies) and answer.next_step is not None, step=step))


def _answered(answer: WireAnswer) -> Response:
    return Response(answer.body, content_type=answer.content_type, headers=dict(answer.headers))
