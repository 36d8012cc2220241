"""A call that still rings is taken back; one that was answered goes on. All over real HTTP on loopback."""

import pytest

from gateway.core.errors import ProviderRefused
from gateway.providers.twilio.client import TwilioTelephone
from tests.providers.twilio.asking import ONE, THE_CALL, caught
from tests.providers.twilio.rest_server import Answer, RestServer, call_json, error_json


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, call_json(status="canceled")),
        Answer(200, call_json(status="ringing")),  # it ends in a moment
        Answer(404, error_json(20404, "gone", 404)),
    ],
)
def test_a_call_that_nobody_answered_is_cancelled(
    provider: RestServer, telephone: TwilioTelephone, answer: Answer
) -> None:
    provider.will(answer)

    cancelled = telephone.cancel(THE_CALL)

    [request] = provider.requests
    assert cancelled
    assert (request.method, request.path, request.form) == ("POST", ONE, {"Status": ["canceled"]})


@pytest.mark.parametrize(
    "answer", [Answer(200, call_json(status="in-progress")), Answer(400, error_json(21220, "in progress", 400))]
)
def test_a_call_that_was_answered_is_not_cancelled(
    provider: RestServer, telephone: TwilioTelephone, answer: Answer
) -> None:
    provider.will(answer)

    assert not telephone.cancel(THE_CALL)


def test_a_cancel_that_is_refused_for_another_reason_is_an_error(
    provider: RestServer, telephone: TwilioTelephone
) -> None:
    provider.will(Answer(401, error_json(20003, "Authenticate", 401)))

    error = caught(lambda: telephone.cancel(THE_CALL))

    assert type(error) is ProviderRefused
