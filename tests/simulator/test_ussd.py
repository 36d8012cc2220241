"""Dialogs of short screens, as Africa's Talking brings them to a service."""

import threading
import time

import pytest

from tests.simulator.people import MARYAM, NOOR, ZAHRA, Json, People, Refusal, network
from tests.simulator.service import Params, Service

CODE = "*726#"
MENU = "اختاري:\n1 خطر الآن\n2 اتصلوا بي"


def menus(form: Params) -> str:
    return "END تم" if form["text"].endswith("9") else f"CON {MENU}"


def dial(people: People, number: str = ZAHRA, code: str = CODE, **wishes: object) -> Json:
    return people.ask("ussd", {"from": number, "code": code, **wishes})


def answer(people: People, dialog: Json, text: str) -> Json:
    return people.ask("ussd", {"session": dialog["session"], "input": text})


def shown(people: People) -> Json:
    found: Json = people.look(ZAHRA)["ussd"]
    return found


def test_each_screen_is_one_request_with_all_that_was_typed_so_far(service: Service, people: People) -> None:
    service.pages["/ussd"] = menus

    dialog = dial(people)
    answer(people, dialog, "2")
    answer(people, dialog, "1*1")
    last = answer(people, dialog, "9")

    forms = [visit.params for visit in service.to("/ussd")]
    assert [form["text"] for form in forms] == ["", "2", "2*1*1", "2*1*1*9"]
    assert {form["sessionId"] for form in forms} == {dialog["session_id"]}
    assert {(form["phoneNumber"], form["serviceCode"], form["networkCode"]) for form in forms} == {
        (ZAHRA, CODE, "41805")
    }
    assert (dialog["screen"], dialog["open"]) == (MENU, True)
    assert (last["screen"], last["open"], last["ended"]) == ("تم", False, "end")


def test_nothing_of_twilios_is_on_this_wire(service: Service, people: People) -> None:
    service.pages["/ussd"] = "END ok"

    dial(people)

    visit = service.to("/ussd")[0]
    assert (visit.signed, visit.token) == (False, "")
    assert set(visit.params) == {"sessionId", "phoneNumber", "networkCode", "serviceCode", "text"}


def test_what_is_dialled_behind_the_code_is_the_first_text(service: Service, people: People) -> None:
    service.pages["/ussd"] = "END ok"

    dial(people, code="*726*2*1#")

    assert service.to("/ussd")[0].params["text"] == "2*1"
    assert service.to("/ussd")[0].params["serviceCode"] == CODE


def test_the_phone_shows_the_dialog_and_the_events_tell_its_units(service: Service, people: People) -> None:
    service.pages["/ussd"] = menus

    answer(people, dial(people), "2")

    kinds = [entry["kind"] for entry in shown(people)["entries"]]
    assert kinds == ["opened", "shown", "typed", "shown"]
    event = people.until("ussd", what="shown")
    assert (event["text"], event["units"], event["encoding"]) == (MENU, len(MENU), "UCS-2")


@pytest.mark.parametrize("text", ["س" * 80, "a" * 182])
def test_a_full_screen_fits(service: Service, people: People, text: str) -> None:
    service.pages["/ussd"] = f"END {text}"

    assert dial(people)["screen"] == text
    assert people.events("violation") == []


@pytest.mark.parametrize(("text", "seen"), [("س" * 81, 80), ("a" * 183, 182)])
def test_a_longer_screen_is_cut_off_and_a_violation(service: Service, people: People, text: str, seen: int) -> None:
    service.pages["/ussd"] = f"CON {text}"

    dialog = dial(people)

    assert (dialog["screen"], dialog["open"]) == (text[:seen], True)
    assert len(people.events("violation")) == 1


@pytest.mark.parametrize("page", ["hello", "CONfusing", "con hello", " CON hello", (404, "CON hello"), (500, "")])
def test_any_other_answer_ends_the_dialog(service: Service, people: People, page: str | tuple[int, str]) -> None:
    service.pages["/ussd"] = lambda form: page

    dialog = dial(people)

    assert (dialog["open"], dialog["ended"]) == (False, "error")
    assert people.until("application_error")["where"] == "ussd"


def test_an_answer_that_is_not_plain_text_ends_the_dialog(service: Service, people: People) -> None:
    service.pages["/ussd"] = "CON hello"
    service.plain.clear()

    assert dial(people)["ended"] == "error"
    assert len(people.events("violation")) == 1


def test_a_person_has_sixty_seconds_for_a_screen_and_all_ends_after_a_hundred_and_eighty(service: Service) -> None:
    service.pages["/ussd"] = menus
    with network(service, speed=40) as people:
        for number in (ZAHRA, MARYAM):
            people.phone(number)

        dial(people)
        busy = dial(people, MARYAM)
        while people.look(MARYAM)["ussd"]["open"]:
            time.sleep(0.2)
            try:
                answer(people, busy, "2")
            except Refusal:
                break

        assert shown(people)["ended"] == "silent"
        assert people.look(MARYAM)["ussd"]["ended"] == "too long"


@pytest.mark.parametrize(("how", "reason"), [("cancel", "cancelled"), ("drop", "dropped")])
def test_a_dialog_can_end_at_any_time_without_a_word_to_the_service(
    service: Service, people: People, how: str, reason: str
) -> None:
    service.pages["/ussd"] = menus
    dialog = dial(people)

    ended = people.ask("ussd", {"session": dialog["session"], how: True})

    assert ended["ended"] == reason
    assert len(service.to("/ussd")) == 1
    with pytest.raises(Refusal):
        answer(people, dialog, "1")


def test_who_leaves_while_the_service_thinks_sees_nothing_of_its_answer(service: Service, people: People) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def slow(form: Params) -> str:
        asked.set()
        go_on.wait(5)
        return f"CON {MENU}"

    service.pages["/ussd"] = slow
    dialling = threading.Thread(target=lambda: dial(people))
    dialling.start()
    asked.wait(5)

    people.ask("ussd", {"session": shown(people)["session"], "cancel": True})
    go_on.set()
    dialling.join(5)

    assert (shown(people)["ended"], shown(people)["screen"]) == ("cancelled", "")


def test_a_session_that_the_network_loses_has_reached_the_service(service: Service, people: People) -> None:
    service.pages["/ussd"] = menus
    dialog = dial(people)
    people.ask("faults", {"drop_ussd": 1})

    after = answer(people, dialog, "2")

    assert (after["ended"], after["screen"]) == ("dropped", MENU)
    assert len(service.to("/ussd")) == 2


def test_a_repeated_request_is_the_same_request(service: Service, people: People) -> None:
    service.pages["/ussd"] = menus
    people.ask("faults", {"repeat_webhook": 1})

    dial(people)

    first, second = service.to("/ussd")
    assert first.params == second.params


def test_a_service_that_is_down_is_asked_twice() -> None:
    with network(Service("http://127.0.0.1:9")) as people:
        people.phone(ZAHRA)

        dialog = dial(people)

        assert dialog["ended"] == "error"
        assert len(people.events("webhook")) == 2


def test_two_phones_may_come_with_one_session_id(service: Service, people: People) -> None:
    service.pages["/ussd"] = menus

    dialogs = [dial(people, number, id="same") for number in (ZAHRA, MARYAM)]

    assert [visit.params["sessionId"] for visit in service.to("/ussd")] == ["same", "same"]
    assert dialogs[0]["session"] != dialogs[1]["session"]


def test_two_hundred_steps_are_two_hundred_requests(service: Service) -> None:
    service.pages["/ussd"] = f"CON {MENU}"
    with network(service, speed=5) as people:
        people.phone(ZAHRA)
        dialog = dial(people)

        for _ in range(200):
            answer(people, dialog, "#*")

        assert len(service.to("/ussd")) == 201
        assert service.to("/ussd")[-1].params["text"] == "*".join(["#*"] * 200)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"from": NOOR, "code": CODE}, 404),
        ({"from": ZAHRA, "code": "726"}, 409),
        ({"from": ZAHRA, "code": "*999#"}, 409),
        ({"from": ZAHRA}, 400),
        ({"from": ZAHRA, "code": 7}, 400),
        ({"session": "nothing", "input": "1"}, 409),
        ({"session": "nothing"}, 400),
        ({"session": "nothing", "input": "1" * 183}, 400),
        ({"colour": "red"}, 400),
    ],
)
def test_what_cannot_be_dialled_is_refused_with_words(people: People, body: Json, status: int) -> None:
    with pytest.raises(Refusal) as refused:
        people.ask("ussd", body)

    assert refused.value.status == status


def test_a_phone_holds_one_dialog_at_a_time(service: Service, people: People) -> None:
    service.pages["/ussd"] = menus
    dial(people)

    with pytest.raises(Refusal) as refused:
        dial(people)

    assert refused.value.status == 409
