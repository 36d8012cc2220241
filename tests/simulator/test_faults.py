"""What goes wrong: with the service, and with the network when it is told to misbehave."""

import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import requests
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]  # the SDK ships no py.typed

from tests.simulator.people import HOTLINE, ZAHRA, People, Refusal, network, sdk, wait_for
from tests.simulator.service import Service

APOLOGY = "An application error has occurred. Goodbye."
BYE = "<Response><Say>goodbye</Say></Response>"


@pytest.mark.parametrize(
    "document",
    [
        "<Response><Record/></Response>",
        '<Response><Dial record="record-from-answer">+9647700000012</Dial></Response>',
        "<Response><Sing>la</Sing></Response>",
        '<Response><Say volume="9">la</Say></Response>',
        "<Response><Say>la</Response>",
        "no document",
        '<Response><Gather numDigits="many"/></Response>',
    ],
)
def test_a_document_that_breaks_the_rules_is_a_violation_and_ends_the_call(
    service: Service, people: People, document: str
) -> None:
    service.pages["/voice"] = document

    sid = people.dial(ZAHRA)
    people.until("ended", call_sid=sid)

    assert len(people.events("violation", call_sid=sid)) == 1
    assert len(people.events("application_error", call_sid=sid)) == 1
    assert people.heard(ZAHRA) == [APOLOGY]


def test_recording_is_refused_as_forbidden(service: Service, people: People) -> None:
    service.pages["/voice"] = '<Response><Record maxLength="5"/></Response>'

    sid = people.dial(ZAHRA)

    assert people.until("violation", call_sid=sid)["forbidden"] is True


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_an_error_of_the_service_is_not_tried_again_and_the_caller_hears_an_apology(
    service: Service, people: People, status: int
) -> None:
    service.pages["/voice"] = lambda form: (status, "broken")

    sid = people.dial(ZAHRA)
    people.until("ended", call_sid=sid)

    assert len(service.to("/voice")) == 1
    assert people.until("application_error", call_sid=sid)["code"] == 11200
    assert people.heard(ZAHRA) == [APOLOGY]


def test_a_retry_policy_in_the_fragment_is_followed_with_the_same_token(service: Service, people: People) -> None:
    answers = iter([(503, ""), (503, "")])
    service.pages["/voice"] = lambda form: next(answers, (200, BYE))
    people.phone(ZAHRA, on_ring="answer")
    call = sdk(people).calls.create(to=ZAHRA, from_=HOTLINE, url=service.url("/voice?a=1#rc=2&rp=5xx"))
    people.until("ended", call_sid=call.sid)

    assert [visit.signed for visit in service.to("/voice")] == [True] * 3
    assert len({visit.token for visit in service.to("/voice")}) == 1
    assert people.heard(ZAHRA) == ["goodbye"]


def test_a_service_that_is_down_is_asked_twice_with_one_token(service: Service) -> None:
    nowhere = Service("http://127.0.0.1:9")
    with network(nowhere) as people:
        people.phone(ZAHRA)

        sid = people.dial(ZAHRA)
        people.until("ended", call_sid=sid)

        asked = [event for event in people.events("webhook") if event["url"].endswith("/voice")]
        assert [event["problem"] for event in asked] == ["ct", "ct"]
        assert len({event["token"] for event in asked}) == 1
        assert people.heard(ZAHRA) == [APOLOGY]


def test_the_fallback_address_is_asked_before_an_apology(service: Service, people: People) -> None:
    service.pages |= {"/broken": lambda form: (500, ""), "/fallback": BYE}
    people.phone(ZAHRA, on_ring="answer")

    call = sdk(people).calls.create(
        to=ZAHRA, from_=HOTLINE, url=service.url("/broken"), fallback_url=service.url("/fallback")
    )
    people.until("ended", call_sid=call.sid)

    assert service.to("/fallback")[0].params["ErrorCode"] == "11200"
    assert people.heard(ZAHRA) == ["goodbye"]


def test_an_address_elsewhere_is_never_asked(service: Service, people: People) -> None:
    service.pages["/voice"] = "<Response><Redirect>http://192.0.2.1/elsewhere</Redirect></Response>"

    sid = people.dial(ZAHRA)
    people.until("ended", call_sid=sid)

    assert "not on this machine" in people.events("violation")[0]["message"]


def test_the_public_address_is_signed_and_found_on_this_machine(service: Service) -> None:
    found = service.address
    with network(service, public_url="https://hotline.example") as people:
        people.phone(ZAHRA)
        service.pages["/voice"] = "<Response><Redirect>https://hotline.example/next?q=%D9%86</Redirect></Response>"
        service.pages["/next"] = BYE
        service.address = "https://hotline.example"

        sid = people.dial(ZAHRA)
        people.until("ended", call_sid=sid)

    assert found.startswith("http://127.0.0.1")
    assert all(visit.signed for visit in service.visits)
    assert people.address != found
    assert len(service.to("/next")) == 1


def test_a_flow_that_goes_round_in_circles_is_ended(service: Service) -> None:
    service.pages["/voice"] = "<Response><Redirect/></Response>"
    with network(service, speed=100) as people:
        people.phone(ZAHRA)

        sid = people.dial(ZAHRA)
        people.until("ended", call_sid=sid)

        assert "circles" in people.events("violation")[0]["message"]


def test_a_repeated_webhook_has_the_same_token_and_the_second_answer_counts(service: Service, people: People) -> None:
    times = iter(["first", "second"])
    service.pages["/voice"] = lambda form: f"<Response><Say>{next(times)}</Say></Response>"
    people.ask("faults", {"repeat_webhook": 1, "seed": 1})

    sid = people.dial(ZAHRA)
    people.until("ended", call_sid=sid)

    assert len({visit.token for visit in service.to("/voice")}) == 1
    assert len(service.to("/voice")) == 2
    assert people.heard(ZAHRA) == ["second"]


def test_webhooks_can_be_late_and_status_callbacks_lost(service: Service, people: People) -> None:
    service.pages["/voice"] = BYE
    people.ask("faults", {"delay_webhook": [1, 5], "drop_status": 1})

    begun = time.monotonic()
    sid = people.dial(ZAHRA)
    people.until("ended", call_sid=sid)

    assert service.to("/voice")[0].at - begun >= 0.2
    assert service.to("/ended") == []
    assert {event["fault"] for event in people.events("fault")} == {"delay_webhook", "drop_status"}


def test_status_callbacks_can_come_out_of_order(service: Service, people: People) -> None:
    people.phone(ZAHRA, on_ring="busy")
    people.ask("faults", {"reorder_status": 0.5, "seed": 3})

    for _ in range(6):
        sdk(people).calls.create(
            to=ZAHRA,
            from_=HOTLINE,
            url=service.url("/x"),
            status_callback=service.url("/status"),
            status_callback_event=["initiated", "completed"],
        )
    wait_for(lambda: len(service.to("/status")) == 12, "all callbacks")

    order: dict[str, list[str]] = {}
    for visit in service.to("/status"):
        order.setdefault(visit.params["CallSid"], []).append(visit.params["SequenceNumber"])
    assert ["1", "0"] in order.values()


def test_a_rest_request_can_be_done_and_never_answered(service: Service, people: People) -> None:
    people.ask("faults", {"rest_times_out_after_working": 1, "rest_hold": 0})

    with pytest.raises(requests.ConnectionError):
        sdk(people).calls.create(to=ZAHRA, from_=HOTLINE, url=service.url("/x"))

    assert people.until("ring")["number"] == ZAHRA


def test_a_rest_request_can_be_lost_before_anything_is_done(service: Service, people: People) -> None:
    people.ask("faults", {"rest_times_out_before": 1, "rest_hold": 0})

    with pytest.raises(requests.ConnectionError):
        sdk(people).calls.create(to=ZAHRA, from_=HOTLINE, url=service.url("/x"))
    people.ask("faults", {})

    assert sdk(people).calls.list() == []


@pytest.mark.parametrize(("fault", "status"), [("rest_503", 503), ("rest_429", 429)])
def test_the_rest_side_can_be_too_busy(service: Service, people: People, fault: str, status: int) -> None:
    people.ask("faults", {fault: 1})

    with pytest.raises(TwilioRestException) as refused:
        sdk(people).calls("CA" + "a" * 32).fetch()

    assert refused.value.status == status


@pytest.mark.parametrize("wish", [{"nonsense": 1}, {"drop_status": 2}, {"delay_webhook": 1}, {"rest_503": "often"}])
def test_a_fault_that_does_not_exist_is_refused(people: People, wish: dict[str, object]) -> None:
    with pytest.raises(Refusal) as refused:
        people.ask("faults", wish)

    assert refused.value.status == 400


def test_a_page_from_elsewhere_cannot_reach_the_phones(people: People) -> None:
    parts = urlsplit(people.address)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=5)

    connection.request("POST", "/sim/reset", b"{}", {"Origin": "https://elsewhere.example"})
    status = connection.getresponse().status
    connection.close()

    assert status == 403
