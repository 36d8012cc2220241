"""A telephone dials the service."""

from tests.simulator.people import HOTLINE, ZAHRA, People, Refusal, wait_for
from tests.simulator.service import Service

ASK = (
    '<Response><Gather input="dtmf" numDigits="1" timeout="6" finishOnKey="" action="{action}" method="POST">'
    "<Say>press one</Say></Gather><Redirect>{action}</Redirect></Response>"
)
BYE = "<Response><Say>goodbye</Say><Hangup/></Response>"


def test_the_first_webhook_says_who_calls_whom_and_is_signed(service: Service, people: People) -> None:
    service.pages["/voice"] = BYE

    sid = people.dial(ZAHRA)
    people.until("ended", call_sid=sid)

    first = service.to("/voice")[0]
    assert first.signed
    assert first.params["CallStatus"] == "ringing"
    assert {first.params[name] for name in ("From", "Caller")} == {ZAHRA}
    assert {first.params[name] for name in ("To", "Called")} == {HOTLINE}
    assert (first.params["CallSid"], first.params["Direction"]) == (sid, "inbound")


def test_a_key_goes_to_the_action_and_silence_falls_through_to_the_redirect(service: Service, people: People) -> None:
    service.pages["/voice"] = ASK.format(action=service.url("/step?step=2"))
    service.pages["/step"] = lambda form: BYE if "Digits" in form else ASK.format(action=service.url("/step?step=3"))

    sid = people.dial(ZAHRA, keys=["", "1"])
    people.until("ended", call_sid=sid)

    silent, keyed = service.to("/step")
    assert "Digits" not in silent.params
    assert (keyed.query["step"], keyed.params["Digits"], keyed.params["CallStatus"]) == ("3", "1", "in-progress")
    assert keyed.signed
    assert people.heard(ZAHRA) == ["press one", "press one", "goodbye"]


def test_a_key_during_the_prompt_stops_it(service: Service, people: People) -> None:
    long = "word " * 200
    service.pages["/voice"] = (
        f'<Response><Gather numDigits="1" action="/next"><Say>{long}</Say><Say>never heard</Say></Gather></Response>'
    )
    service.pages["/next"] = BYE

    sid = people.dial(ZAHRA)
    people.until("gather", call_sid=sid)
    heard = people.does(ZAHRA, "press", keys="4")["heard"]
    people.until("ended", call_sid=sid)

    assert heard == 1
    assert people.heard(ZAHRA) == [long.strip(), "goodbye"]
    assert service.to("/next")[0].params["Digits"] == "4"


def test_an_entry_ends_with_its_finish_key_or_its_count_or_a_pause(service: Service, people: People) -> None:
    service.pages["/voice"] = '<Response><Gather action="/hash"/></Response>'
    service.pages["/hash"] = '<Response><Gather numDigits="2" finishOnKey="" action="/two"/></Response>'
    service.pages["/two"] = '<Response><Gather timeout="2" action="/pause"/></Response>'
    service.pages["/pause"] = '<Response><Gather timeout="1" action="/empty" actionOnEmptyResult="true"/></Response>'
    service.pages["/empty"] = BYE

    sid = people.dial(ZAHRA, keys=["123#", "#*", "77", ""])
    people.until("ended", call_sid=sid)

    keyed = [service.to(path)[0].params["Digits"] for path in ("/hash", "/two", "/pause", "/empty")]
    assert keyed == ["123", "#*", "77", ""]
    assert service.to("/hash")[0].params["FinishedOnKey"] == "#"


def test_keys_outside_a_question_reach_nobody(service: Service, people: People) -> None:
    service.pages["/voice"] = '<Response><Say>wait</Say><Pause length="60"/></Response>'

    people.dial(ZAHRA)
    wait_for(lambda: people.look(ZAHRA)["state"] == "in_call", "the call")

    assert people.does(ZAHRA, "press", keys="1")["heard"] == 0


def test_hanging_up_ends_the_call_and_is_told_on_the_status_path(service: Service, people: People) -> None:
    service.pages["/voice"] = '<Response><Say>wait</Say><Pause length="600"/></Response>'

    sid = people.dial(ZAHRA)
    wait_for(lambda: people.heard(ZAHRA), "a word")
    people.does(ZAHRA, "hangup")
    people.until("ended", call_sid=sid)
    told = wait_for(lambda: service.to("/ended"), "the status callback")

    assert told[0].signed
    assert (told[0].params["CallStatus"], told[0].params["SequenceNumber"]) == ("completed", "0")
    assert people.look(ZAHRA)["state"] == "idle"


def test_a_withheld_number_is_not_told_to_the_service(service: Service, people: People) -> None:
    service.pages["/voice"] = BYE

    sid = people.dial(ZAHRA, withheld=True)
    people.until("ended", call_sid=sid)

    assert ZAHRA not in str(service.visits)
    assert service.to("/voice")[0].params["From"] == "anonymous"
    assert people.heard(ZAHRA) == ["goodbye"]


def test_a_rejected_call_was_never_answered(service: Service, people: People) -> None:
    service.pages["/voice"] = '<Response><Reject reason="busy"/></Response>'

    sid = people.dial(ZAHRA)
    ended = people.until("ended", call_sid=sid)

    assert ended["status"] == "busy"
    assert people.events("answer") == []


def test_a_number_that_is_not_the_services_cannot_be_dialled(people: People) -> None:
    status = 0

    try:
        people.dial(ZAHRA, "+9647500009999")
    except Refusal as refusal:
        status = refusal.status

    assert status == 409


def test_a_recording_and_tones_are_heard_as_what_they_are(service: Service, people: People) -> None:
    service.pages["/voice"] = (
        '<Response><Play>/a.mp3</Play><Play digits="12"/><Redirect method="GET">/x?a=%D9%2F</Redirect></Response>'
    )
    service.pages["/x"] = BYE

    sid = people.dial(ZAHRA)
    people.until("ended", call_sid=sid)

    assert people.heard(ZAHRA, "play") == [service.url("/a.mp3"), ""]
    assert service.to("/x")[0].signed
    assert service.to("/x")[0].method == "GET"
