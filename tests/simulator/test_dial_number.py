"""A call is connected with another telephone by Dial and Number."""

import pytest

from tests.simulator.people import HOTLINE, MARYAM, NOOR, ZAHRA, People, sdk, wait_for
from tests.simulator.service import Service


def dial(numbers: str, attributes: str = f'callerId="{HOTLINE}"') -> str:
    return f'<Response><Say>one moment</Say><Dial action="/after" {attributes}>{numbers}</Dial></Response>'


AFTER = "<Response><Say>after</Say></Response>"


def test_the_other_hears_the_whisper_first_and_then_they_talk(service: Service, people: People) -> None:
    service.pages |= {
        "/voice": dial(f'<Number url="/whisper">{MARYAM}</Number>'),
        "/whisper": '<Response><Gather numDigits="1" action="/yes"><Say>press one</Say></Gather><Hangup/></Response>',
        "/yes": "<Response/>",
        "/after": AFTER,
    }
    people.phone(MARYAM, on_ring="answer", keys=["1"])

    sid = people.dial(ZAHRA)
    people.until("bridged")
    talking = people.look(MARYAM)
    people.does(MARYAM, "hangup")
    people.until("ended", call_sid=sid)

    action = service.to("/after")[0].params
    assert (talking["display"], talking["with"]) == (HOTLINE, [ZAHRA])
    assert people.heard(MARYAM) == ["press one"]
    assert people.heard(ZAHRA) == ["one moment", "after"]
    assert (action["DialCallStatus"], action["DialBridged"]) == ("completed", "true")
    assert action["DialCallSid"] == service.to("/whisper")[0].params["CallSid"]
    assert service.to("/whisper")[0].params["ParentCallSid"] == sid


def test_one_who_hangs_up_in_the_whisper_is_not_connected(service: Service, people: People) -> None:
    service.pages |= {
        "/voice": dial(f'<Number url="/whisper">{MARYAM}</Number>'),
        "/whisper": "<Response><Say>no</Say><Hangup/></Response>",
        "/after": AFTER,
    }
    people.phone(MARYAM, on_ring="answer")

    sid = people.dial(ZAHRA)
    people.until("ended", call_sid=sid)

    assert people.events("bridged") == []
    assert service.to("/after")[0].params["DialBridged"] == "false"


def test_a_whisper_may_not_dial_on(service: Service, people: People) -> None:
    service.pages |= {
        "/voice": dial(f'<Number url="/whisper">{MARYAM}</Number>'),
        "/whisper": f"<Response><Dial>{NOOR}</Dial></Response>",
        "/after": AFTER,
    }
    people.phone(MARYAM, on_ring="answer")

    sid = people.dial(ZAHRA)
    people.until("ended", call_sid=sid)

    assert people.events("bridged") == []
    assert people.events("violation")[0]["code"] == 13230


def test_without_a_caller_id_the_other_sees_the_callers_own_number(service: Service, people: People) -> None:
    service.pages |= {"/voice": dial(MARYAM, ""), "/after": AFTER}

    people.dial(ZAHRA)

    assert people.until("ring", number=MARYAM)["display"] == ZAHRA


@pytest.mark.parametrize(("behaviour", "status"), [("busy", "busy"), ("no_answer", "no-answer"), ("fail", "failed")])
def test_the_action_learns_why_nobody_was_reached(
    service: Service, people: People, behaviour: str, status: str
) -> None:
    service.pages |= {"/voice": dial(MARYAM, 'timeout="3"'), "/after": AFTER}
    people.phone(MARYAM, on_ring=behaviour)

    sid = people.dial(ZAHRA)
    people.until("ended", call_sid=sid)

    assert service.to("/after")[0].params["DialCallStatus"] == status
    assert people.heard(ZAHRA) == ["one moment", "after"]


def test_of_several_phones_the_first_to_answer_has_the_call(service: Service, people: People) -> None:
    service.pages |= {"/voice": dial(f"<Number>{MARYAM}</Number><Number>{NOOR}</Number>"), "/after": AFTER}
    people.phone(NOOR, on_ring="answer", answer_after=2)

    people.dial(ZAHRA)
    bridged = people.until("bridged")
    ended = people.until("ended", number=MARYAM)

    assert bridged["numbers"] == sorted([ZAHRA, NOOR])
    assert ended["status"] == "canceled"


def test_when_the_caller_hangs_up_the_other_is_released(service: Service, people: People) -> None:
    service.pages |= {"/voice": dial(MARYAM), "/after": AFTER}
    people.phone(MARYAM, on_ring="answer")

    people.dial(ZAHRA)
    people.until("bridged")
    people.does(ZAHRA, "hangup")

    assert people.until("ended", number=MARYAM)["status"] == "completed"
    assert wait_for(lambda: service.to("/after"), "the action")[0].params["CallStatus"] == "completed"


def test_the_dialled_leg_can_be_redirected_away(service: Service, people: People) -> None:
    service.pages |= {"/voice": dial(MARYAM), "/after": AFTER, "/away": "<Response><Say>away</Say></Response>"}
    people.phone(MARYAM, on_ring="answer")

    sid = people.dial(ZAHRA)
    people.until("bridged")
    leg = sdk(people).calls.list(parent_call_sid=sid)[0]
    leg.update(url=service.url("/away"))
    people.until("ended", call_sid=leg.sid)
    people.until("ended", call_sid=sid)

    assert people.heard(MARYAM) == ["away"]
    assert people.heard(ZAHRA) == ["one moment", "after"]


def test_a_dial_ends_at_its_time_limit(service: Service, people: People) -> None:
    service.pages |= {"/voice": dial(MARYAM, 'timeLimit="5"'), "/after": AFTER}
    people.phone(MARYAM, on_ring="answer")

    sid = people.dial(ZAHRA)

    assert people.until("ended", call_sid=sid)["status"] == "completed"
    assert people.heard(ZAHRA) == ["one moment", "after"]
