"""What is asked of the provider, and what its answers and silences mean. All over real HTTP on loopback."""

import base64
import re
import socket
from datetime import UTC, datetime, timedelta

import pytest

from gateway.core.calls import CallStatus
from gateway.core.errors import ProviderBusy, ProviderError, ProviderRefused, ProviderUncertain, SanadError
from gateway.core.phone import PhoneNumber
from gateway.core.troubles import Trouble
from gateway.ports import Telephone
from gateway.providers.twilio.client import TwilioTelephone
from tests.providers.twilio.asking import CALLS, ONE, THE_CALL, Ring, caught, ringing
from tests.providers.twilio.conftest import HERS, TOKEN, telephone_for
from tests.providers.twilio.rest_server import ACCOUNT, CALL, Answer, RestServer, call_json, error_json


@pytest.fixture
def ring(telephone: TwilioTelephone, her_number: PhoneNumber) -> Ring:
    return ringing(telephone, her_number)


def test_it_is_a_telephone(telephone: TwilioTelephone) -> None:
    port: Telephone = telephone

    assert TOKEN not in repr(port)


# --- ring --------------------------------------------------------------------------------------------


def test_a_call_is_placed_with_the_service_number_and_our_own_addresses(provider: RestServer, ring: Ring) -> None:
    provider.will(Answer(201, call_json()))

    placed = ring()

    [request] = provider.requests
    assert placed == CALL
    assert (request.method, request.path) == ("POST", CALLS)
    assert request.form == {
        "To": [HERS],
        "From": ["+9647500000000"],
        "Url": ["https://hotline.example.org/twilio/voice/gate/abc"],
        "Method": ["POST"],
        "StatusCallback": ["https://hotline.example.org/twilio/status/attempt/abc"],
        "StatusCallbackMethod": ["POST"],
        "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
        "Timeout": ["25"],
        "TimeLimit": ["3000"],
    }
    assert request.headers["Authorization"] == "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()


def test_only_a_new_call_waits_for_its_turn(
    provider: RestServer, telephone: TwilioTelephone, ring: Ring, turns: list[str]
) -> None:
    provider.will(Answer(201, call_json()), Answer(200, call_json()))

    ring()
    telephone.redirect(THE_CALL, path="/twilio/voice/offer/abc")
    telephone.hang_up(THE_CALL)
    telephone.status(THE_CALL)

    assert turns == ["asked"]


def test_a_call_never_rings_longer_than_the_provider_allows(
    provider: RestServer, telephone: TwilioTelephone, her_number: PhoneNumber
) -> None:
    provider.will(Answer(201, call_json()))

    telephone.ring(
        her_number, answer_path="/a", status_path="/s", ring_for=timedelta(hours=1), limit=timedelta(seconds=0.2)
    )

    assert provider.requests[0].form["Timeout"] == ["600"]
    assert provider.requests[0].form["TimeLimit"] == ["1"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(201, call_json(), delay=0.6),
        Answer(cut=True),
        Answer(500, error_json(20500, f"Failed for {HERS}", 500)),
        Answer(502, "<html>bad gateway</html>"),
        Answer(503, error_json(20503, "Busy", 503)),
        Answer(503, error_json(21215, "a known code does not make a 5xx certain", 503)),
        Answer(408, "late"),
        Answer(201, "<html>a captive portal</html>"),
        Answer(201, "[]"),
        Answer(201, "[" * 100_000),
        Answer(201, {}),
        Answer(201, call_json(sid=None)),
        Answer(201, call_json(sid="../" + CALL)),
        Answer(201, call_json(date_created=5)),
    ],
    ids=lambda answer: f"{answer.status}-{str(answer.body)[:20]}",
)
def test_a_call_that_may_have_been_placed_is_uncertain_and_never_tried_twice(
    provider: RestServer, ring: Ring, answer: Answer
) -> None:
    provider.will(answer)

    error = caught(ring)

    assert type(error) is ProviderUncertain
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "mend"),
    [
        (Answer(429, error_json(20429, "Too Many Requests", 429)), ProviderBusy, "slower"),
        (Answer(429, "slow down"), ProviderBusy, "slower"),
        (Answer(400, error_json(10004, f"Concurrency for {HERS}", 400)), ProviderBusy, "too many calls at once"),
        (Answer(401, error_json(20003, "Authenticate", 401)), ProviderRefused, "TWILIO_AUTH_TOKEN"),
        (Answer(403, "no"), ProviderRefused, "forbids"),
        (Answer(400, error_json(21215, f"Not authorized to call {HERS}", 400)), ProviderRefused, "21215.*Geographic"),
        (Answer(400, error_json(13227, f"Geo {HERS}", 400)), ProviderRefused, "Geographic permissions"),
        (Answer(400, error_json(21210, "From", 400)), ProviderRefused, "HOTLINE_NUMBER"),
        (Answer(400, error_json(21212, "From", 400)), ProviderRefused, "HOTLINE_NUMBER"),
        (Answer(400, error_json(21211, f"To {HERS}", 400)), ProviderRefused, "does not take the number"),
        (Answer(400, error_json(21217, f"To {HERS}", 400)), ProviderRefused, "does not take the number"),
        (Answer(400, error_json(21219, f"To {HERS}", 400)), ProviderRefused, "trial"),
        (Answer(400, error_json(21205, "Url", 400)), ProviderRefused, "PUBLIC_URL"),
        (Answer(400, error_json(99999, f"New {HERS}", 400)), ProviderRefused, "answered 400"),
        (Answer(400, {"code": HERS, "message": HERS}), ProviderRefused, "answered 400"),
        (Answer(400, {"code": [HERS], "message": {"a": HERS}}), ProviderRefused, "answered 400"),
        (
            Answer(400, {"type": HERS, "title": HERS, "status": 400, "code": 21211, "detail": HERS}),
            ProviderRefused,
            "does not take the number",
        ),
        (Answer(301, "moved"), ProviderRefused, "answered 301"),
    ],
    ids=lambda value: f"{value.status}-{str(value.body)[:24]}" if isinstance(value, Answer) else None,
)
def test_a_refusal_says_what_a_person_can_do_and_nothing_of_the_number(
    provider: RestServer, ring: Ring, answer: Answer, kind: type[SanadError], mend: str
) -> None:
    provider.will(answer)

    error = caught(ring)

    assert type(error) is kind
    assert re.search(mend, error.advice)


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (Answer(401, error_json(20003, f"Authenticate {HERS}", 401)), Trouble.CREDENTIALS),
        (Answer(401, "no JSON"), Trouble.CREDENTIALS),
        (Answer(400, error_json(21215, f"Not authorized to call {HERS}", 400)), Trouble.COUNTRY),
        (Answer(400, error_json(21212, "From", 400)), Trouble.SERVICE_NUMBER),
        (Answer(400, error_json(21211, f"To {HERS}", 400)), Trouble.NOT_CALLABLE),
        (Answer(400, error_json(21205, "Url", 400)), Trouble.OUR_ADDRESS),
        (Answer(429, error_json(20429, "Too many", 429)), Trouble.TOO_MUCH),
        (Answer(404, error_json(20404, "Not found", 404)), Trouble.UNKNOWN_RECORD),
        (Answer(400, error_json(99999, f"New {HERS}", 400)), Trouble.REFUSED),
        (Answer(503, error_json(21211, f"To {HERS}", 503)), Trouble.FAILING),
        (Answer(cut=True), Trouble.SILENT),
        (Answer(201, call_json(), delay=0.5), Trouble.SILENT),
        (Answer(201, {"sid": 7}), Trouble.SILENT),
    ],
    ids=lambda value: f"{value.status}-{str(value.body)[:24]}" if isinstance(value, Answer) else None,
)
def test_each_refusal_and_silence_has_a_word_for_the_log(
    provider: RestServer, ring: Ring, answer: Answer, trouble: Trouble
) -> None:
    provider.will(answer)

    error = caught(ring)

    assert isinstance(error, ProviderError)
    assert error.trouble is trouble


def test_a_record_that_is_not_final_and_a_call_that_is_over_are_expected(
    provider: RestServer, telephone: TwilioTelephone
) -> None:
    provider.will(Answer(400, error_json(20009, "not final", 400)), Answer(400, error_json(21220, "over", 400)))

    found = [caught(lambda: telephone.forget(THE_CALL)), caught(lambda: telephone.redirect(THE_CALL, path="/x"))]

    assert [error.trouble for error in found if isinstance(error, ProviderError)] == [Trouble.EXPECTED] * 2


def test_a_provider_that_cannot_be_reached_has_certainly_done_nothing(her_number: PhoneNumber) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        telephone = telephone_for(f"http://127.0.0.1:{nobody.getsockname()[1]}", [])

        error = caught(ringing(telephone, her_number))

    assert type(error) is ProviderBusy
    assert error.trouble is Trouble.UNREACHABLE


def test_a_provider_that_does_not_speak_tls_has_certainly_done_nothing(
    provider: RestServer, her_number: PhoneNumber
) -> None:
    provider.will(Answer(201, call_json()))
    telephone = telephone_for(provider.url.replace("http:", "https:"), [])

    error = caught(ringing(telephone, her_number))

    assert type(error) is ProviderBusy
    assert provider.requests == []


# --- the others --------------------------------------------------------------------------------------


def test_a_redirected_call_asks_our_address_by_post(provider: RestServer, telephone: TwilioTelephone) -> None:
    provider.will(Answer(200, call_json(status="in-progress")))

    telephone.redirect(THE_CALL, path="/twilio/voice/offer/abc")

    [request] = provider.requests
    assert (request.method, request.path) == ("POST", ONE)
    assert request.form == {"Url": ["https://hotline.example.org/twilio/voice/offer/abc"], "Method": ["POST"]}


def test_a_redirect_without_answer_is_uncertain(provider: RestServer, telephone: TwilioTelephone) -> None:
    provider.will(Answer(cut=True))

    error = caught(lambda: telephone.redirect(THE_CALL, path="/x"))

    assert type(error) is ProviderUncertain


def test_a_redirect_of_a_call_that_is_over_is_refused(provider: RestServer, telephone: TwilioTelephone) -> None:
    provider.will(Answer(400, error_json(21220, "Call is not in-progress. Cannot redirect.", 400)))

    error = caught(lambda: telephone.redirect(THE_CALL, path="/x"))

    assert type(error) is ProviderRefused


def test_a_call_is_ended_whether_it_rings_or_was_answered(provider: RestServer, telephone: TwilioTelephone) -> None:
    provider.will(Answer(200, call_json(status="completed")))

    telephone.hang_up(THE_CALL)

    [request] = provider.requests
    assert (request.method, request.path, request.form) == ("POST", ONE, {"Status": ["completed"]})


@pytest.mark.parametrize(
    "answer", [Answer(400, error_json(21220, "over", 400)), Answer(404, error_json(20404, "gone", 404))]
)
def test_ending_a_call_that_is_over_is_no_error(
    provider: RestServer, telephone: TwilioTelephone, answer: Answer
) -> None:
    provider.will(answer)

    telephone.hang_up(THE_CALL)

    assert len(provider.requests) == 1


def test_the_status_is_what_the_provider_says(provider: RestServer, telephone: TwilioTelephone) -> None:
    provider.will(Answer(200, call_json(status="no-answer")), Answer(404, error_json(20404, "not found", 404)))

    first, second = telephone.status(THE_CALL), telephone.status(THE_CALL)

    assert first is CallStatus.NO_ANSWER
    assert second is None
    assert [request.method for request in provider.requests] == ["GET", "GET"]


@pytest.mark.parametrize("status", ["levitating", None])
def test_a_status_nobody_knows_is_an_error_and_not_an_end(
    provider: RestServer, telephone: TwilioTelephone, status: str | None
) -> None:
    provider.will(Answer(200, call_json(status=status)))

    error = caught(lambda: telephone.status(THE_CALL))

    assert type(error) is ProviderRefused


def test_a_record_is_deleted_and_one_that_is_gone_is_no_error(provider: RestServer, telephone: TwilioTelephone) -> None:
    provider.will(Answer(204), Answer(404, error_json(20404, "not found", 404)))

    telephone.forget(THE_CALL)
    telephone.forget(THE_CALL)

    assert [(request.method, request.path) for request in provider.requests] == [("DELETE", ONE), ("DELETE", ONE)]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(409, error_json(20009, f"Call to {HERS} is not finished", 409)),
        Answer(400, error_json(20009, "not finished", 400)),
        Answer(409, "conflict"),
        Answer(400, error_json(20001, "no", 400)),
        Answer(500, "down"),
        Answer(cut=True),
    ],
    ids=lambda answer: f"{answer.status}-{str(answer.body)[:20]}",
)
def test_a_record_that_cannot_go_yet_is_tried_again_later(
    provider: RestServer, telephone: TwilioTelephone, answer: Answer
) -> None:
    provider.will(answer)

    error = caught(lambda: telephone.forget(THE_CALL))

    assert type(error) is ProviderBusy
    assert error.retryable


@pytest.mark.parametrize("answer", [Answer(cut=True), Answer(503, "down"), Answer(200, "[]"), Answer(200, "x", 0.6)])
def test_what_may_be_repeated_without_harm_may_be_repeated(
    provider: RestServer, telephone: TwilioTelephone, her_number: PhoneNumber, answer: Answer
) -> None:
    provider.will(answer)

    errors = [
        caught(lambda: telephone.status(THE_CALL)),
        caught(lambda: telephone.hang_up(THE_CALL)),
        caught(lambda: telephone.cancel(THE_CALL)),
        caught(lambda: telephone.placed_since(her_number, datetime(2025, 11, 24, tzinfo=UTC))),
    ]

    assert {type(error) for error in errors} == {ProviderBusy}


def test_calls_placed_since_a_moment_are_found_by_number_and_by_when_they_were_made(
    provider: RestServer, telephone: TwilioTelephone, her_number: PhoneNumber
) -> None:
    queued, fresh, old = (CALL[:-1] + letter for letter in "cde")
    page = [
        call_json(sid=queued, date_created=None),
        call_json(sid=fresh, date_created="Mon, 24 Nov 2025 09:59:45 +0000"),
        call_json(sid=old, date_created="Mon, 24 Nov 2025 09:59:00 +0000"),
    ]
    provider.will(Answer(200, {"calls": page, "next_page_uri": f"{CALLS}?Page=1", "page_size": 50}))

    found = telephone.placed_since(her_number, datetime(2025, 11, 24, 10, 0, tzinfo=UTC))

    [request] = provider.requests
    assert found == [queued, fresh]
    assert (request.method, request.path) == ("GET", CALLS)
    assert request.query == {"To": [HERS], "From": ["+9647500000000"], "PageSize": ["50"]}


def test_a_list_that_is_refused_says_why(
    provider: RestServer, telephone: TwilioTelephone, her_number: PhoneNumber
) -> None:
    provider.will(Answer(401, error_json(20003, "Authenticate", 401)))

    error = caught(lambda: telephone.placed_since(her_number, datetime(2025, 11, 24, tzinfo=UTC)))

    assert type(error) is ProviderRefused
    assert "TWILIO_AUTH_TOKEN" in error.advice
