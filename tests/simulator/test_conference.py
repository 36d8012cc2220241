"""Calls meet in a conference."""

from tests.simulator.people import HOTLINE, MARYAM, NOOR, STAFF, ZAHRA, People, sdk, wait_for
from tests.simulator.service import Service

MUSIC = '<Response><Play>/soft.mp3</Play><Pause length="5"/><Redirect>/music</Redirect></Response>'


def room(*, starts: bool = True, ends: bool = True, action: str = "/after", more: str = "", dial: str = "") -> str:
    return (
        f'<Response><Dial action="{action}" method="POST" timeLimit="2700" {dial}>'
        f'<Conference beep="false" startConferenceOnEnter="{str(starts).lower()}" '
        f'endConferenceOnExit="{str(ends).lower()}" waitUrl="/music" waitMethod="POST" maxParticipants="2" {more}>'
        "quietroom</Conference></Dial></Response>"
    )


def bring_together(service: Service, people: People, **wishes: str) -> tuple[str, str]:
    """Maryam waits, called by the service; Zahra is called and starts it. Their calls."""
    service.pages |= {"/wait": room(starts=False), "/join": room(), "/music": MUSIC, **wishes}
    for number in (ZAHRA, MARYAM):
        people.phone(number, on_ring="answer")
    calls = sdk(people).calls
    waiting = calls.create(to=MARYAM, from_=STAFF, url=service.url("/wait")).sid
    wait_for(lambda: people.heard(MARYAM, "music"), "music")
    joining = calls.create(to=ZAHRA, from_=HOTLINE, url=service.url("/join")).sid
    people.until("bridged")
    return str(waiting), str(joining)


def test_two_are_connected_when_the_one_who_starts_it_comes_in(service: Service, people: People) -> None:
    waiting, joining = bring_together(service, people)

    bridged = people.events("bridged")[0]
    phones = {number: people.look(number) for number in (ZAHRA, MARYAM)}

    assert bridged["numbers"] == sorted([ZAHRA, MARYAM])
    assert bridged["calls"] == sorted([waiting, joining])
    assert bridged["displays"] == {ZAHRA: HOTLINE, MARYAM: STAFF}
    assert (phones[ZAHRA]["with"], phones[MARYAM]["with"]) == ([MARYAM], [ZAHRA])
    assert phones[ZAHRA]["in_conference"] == "quietroom"
    assert [entry["kind"] for entry in phones[MARYAM]["heard"]] == ["music", "joined"]
    assert service.to("/music")[0].signed


def test_when_one_hangs_up_the_other_goes_on_at_the_action(service: Service, people: People) -> None:
    def after(form: dict[str, str]) -> str:
        return (
            ""
            if form["CallStatus"] == "completed"
            else '<Response><Gather action="/x"><Say>done?</Say></Gather></Response>'
        )

    _, joining = bring_together(service, people, **{"/after": after})  # type: ignore[arg-type]

    people.does(ZAHRA, "hangup")
    people.until("gather", number=MARYAM)

    actions = {visit.params["CallSid"]: visit.params for visit in service.to("/after")}
    remaining = next(params for sid, params in actions.items() if sid != joining)
    assert (remaining["DialCallStatus"], remaining["CallStatus"]) == ("answered", "in-progress")
    assert people.events("unbridged")[0]["numbers"] == sorted([ZAHRA, MARYAM])
    assert people.heard(MARYAM) == ["done?"]


def test_the_action_is_posted_for_the_one_who_hung_up_as_well(service: Service, people: People) -> None:
    _, joining = bring_together(service, people)

    people.does(ZAHRA, "hangup")
    found = wait_for(
        lambda: [visit for visit in service.to("/after") if visit.params["CallSid"] == joining], "the action"
    )

    assert found[0].params["CallStatus"] == "completed"


def test_without_end_on_exit_the_other_stays_in_silence(service: Service, people: People) -> None:
    bring_together(service, people, **{"/wait": room(starts=False, ends=False), "/join": room(ends=False)})

    people.does(ZAHRA, "hangup")
    people.until("unbridged")

    phone = people.look(MARYAM)
    assert (phone["state"], phone["in_conference"], phone["with"]) == ("in_call", "quietroom", [])


def test_a_live_call_can_be_redirected_out_of_a_conference(service: Service, people: People) -> None:
    waiting, _ = bring_together(service, people, **{"/out": "<Response><Say>come here</Say></Response>"})

    sdk(people).calls(waiting).update(url=service.url("/out?a=b"), method="POST")
    people.until("ended", call_sid=waiting)

    assert people.heard(MARYAM) == ["come here"]
    assert all(visit.params["CallSid"] != waiting for visit in service.to("/after"))
    assert service.to("/out")[0].query == {"a": "b"}
    assert people.until("unbridged")["numbers"] == sorted([ZAHRA, MARYAM])


def test_one_who_waits_alone_is_not_connected_with_anybody(service: Service, people: People) -> None:
    service.pages |= {"/wait": room(starts=False), "/music": MUSIC}
    for number in (ZAHRA, MARYAM):
        people.phone(number, on_ring="answer")

    for number in (ZAHRA, MARYAM):
        sdk(people).calls.create(to=number, from_=HOTLINE, url=service.url("/wait"))
        people.until("heard", number=number, what="music")

    assert people.events("bridged") == []


def test_a_third_finds_the_room_full(service: Service, people: People) -> None:
    bring_together(service, people, **{"/after": "<Response><Say>full</Say></Response>"})
    people.phone(NOOR, on_ring="answer")

    third = sdk(people).calls.create(to=NOOR, from_=HOTLINE, url=service.url("/join")).sid
    people.until("ended", call_sid=third)

    assert service.to("/after")[0].params["DialCallStatus"] == "failed"
    assert people.heard(NOOR) == ["full"]
    assert len(people.events("bridged")) == 1


def test_conferences_and_participants_can_be_looked_at_and_ended(service: Service, people: People) -> None:
    waiting, joining = bring_together(service, people)
    api = sdk(people)

    found = api.conferences.list(friendly_name="quietroom", status="in-progress")
    seats = found[0].participants.list()
    found[0].participants(waiting).update(hold=True)
    people.until("unbridged")
    found[0].participants(waiting).update(hold=False)
    people.until("bridged", times=2)
    ended = found[0].update(status="completed")

    assert {seat.call_sid for seat in seats} == {waiting, joining}
    assert ended.status == "completed"
    assert api.conferences.list(status="in-progress") == []
    assert people.until("ended", call_sid=waiting)["status"] == "completed"


def test_a_participant_can_be_sent_out(service: Service, people: People) -> None:
    waiting, _ = bring_together(service, people, **{"/after": "<Response><Say>out</Say></Response>"})
    conference = sdk(people).conferences.list()[0]

    conference.participants(waiting).delete()
    people.until("ended", call_sid=waiting)

    assert people.heard(MARYAM) == ["out"]


def test_what_happens_in_the_room_is_told_in_order(service: Service, people: People) -> None:
    more = 'statusCallback="/room" statusCallbackEvent="start end join leave"'
    bring_together(service, people, **{"/wait": room(starts=False, more=more)})

    people.does(ZAHRA, "hangup")
    wait_for(lambda: len(service.to("/room")) == 6, "six callbacks")

    told = sorted(
        (int(visit.params["SequenceNumber"]), visit.params["StatusCallbackEvent"]) for visit in service.to("/room")
    )
    assert [event for _, event in told][:3] == ["participant-join", "participant-join", "conference-start"]
    assert sorted(event for _, event in told)[:2] == ["conference-end", "conference-start"]


def test_a_star_leaves_where_that_was_wished(service: Service, people: People) -> None:
    service.pages |= {"/voice": room(dial='hangupOnStar="true"'), "/music": MUSIC, "/after": "<Response/>"}

    sid = people.dial(ZAHRA)
    wait_for(lambda: people.heard(ZAHRA, "music"), "music")
    people.does(ZAHRA, "press", keys="1*")

    assert people.until("ended", call_sid=sid)["status"] == "completed"


def test_a_conference_ends_at_the_dials_time_limit(service: Service, people: People) -> None:
    short = room().replace("2700", "5")
    bring_together(service, people, **{"/join": short, "/after": "<Response><Say>over</Say></Response>"})

    people.until("ended", number=ZAHRA)
    people.until("ended", number=MARYAM)

    assert (people.heard(ZAHRA), people.heard(MARYAM)) == (["over"], ["over"])
