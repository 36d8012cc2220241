"""Messages and USSD steps at web's door: understood, answered in one text, the same again for the same again."""

import json
import re
from collections.abc import Iterator
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
import redis

from gateway import bootstrap
from gateway.core.lengths import utf16_units
from gateway.web.apps import webhook_app
from tests.stored import stored
from tests.web.conftest import CALLER, HOTLINE, Provider

SECRET = "a-long-secret-of-the-gateway"
SESSIONS = "ATUid_1", "ATUid_2"


@pytest.fixture
def written(web_environment: dict[str, str]) -> Iterator[Provider]:
    """The app with Kannel and USSD switched on."""
    app = webhook_app(bootstrap.web({**web_environment, "KANNEL_SECRET": SECRET, "USSD_SECRET": SECRET}))
    with app.test_client() as client:
        yield Provider(client)


def text(provider: Provider, words: str, *, sender: str = CALLER, message: str | None = None) -> str:
    """A message by Twilio; what is sent back, empty if nothing is."""
    sid = message or f"SM{abs(hash((words, sender))):032x}"[:34]
    form = {"MessageSid": sid, "AccountSid": "AC" + "0" * 32, "From": sender, "To": HOTLINE, "Body": words}
    response = provider.post("/twilio/sms", form)
    assert response.status_code == 200, response.text
    found = ElementTree.fromstring(response.text).find("Message")
    return "" if found is None else found.text or ""


def cases(client: redis.Redis) -> list[dict[str, object]]:
    return [json.loads(client.get(key)) for key in client.scan_iter("case:*")]  # type: ignore[arg-type]


def by_text(provider: Provider, *words: str) -> str:
    """A talk of several messages; the last answer."""
    answers = [text(provider, word, message=f"SM{number:032d}") for number, word in enumerate(words)]
    assert all(0 < utf16_units(answer) <= 70 for answer in answers), answers
    return answers[-1]


def test_a_word_and_three_digits_make_a_request(provider: Provider, store_client: redis.Redis) -> None:
    answer = by_text(provider, "اتصل", "1", "1", "1")

    (case,) = cases(store_client)
    assert (case["state"], case["safe_time"]) == ("requested", "now")
    assert str(case["secret"]) in answer


def test_digits_alone_are_a_menu(provider: Provider, store_client: redis.Redis) -> None:
    by_text(provider, "؟", "٢", "١", "۱", "1")

    assert len(cases(store_client)) == 1


@pytest.mark.parametrize("words", ["لا تتصل", "لا تتصلوا بي", "ما اريد اتصال", "do not call me", "don't call"])
def test_do_not_call_is_never_a_call(provider: Provider, store_client: redis.Redis, words: str) -> None:
    text(provider, words)

    assert not cases(store_client)


def test_danger_by_text_is_called_back_before_all_others(provider: Provider, store_client: redis.Redis) -> None:
    answer = text(provider, "خطر")

    (case,) = cases(store_client)
    assert (case["answers"], case["safe_time"]) == ({"urgent": "yes"}, "now")
    assert "911" in answer
    assert utf16_units(answer) <= 70


def test_stop_ends_everything_of_this_phone_at_once(provider: Provider, store_client: redis.Redis) -> None:
    by_text(provider, "اتصل", "1", "1", "1", "توقف")

    assert len(store_client.keys("wish:*")) == 1


def test_erasing_takes_a_second_message(provider: Provider, store_client: redis.Redis) -> None:
    text(provider, "مسح", message="SM" + "1" * 32)
    assert not store_client.keys("wish:*")

    text(provider, "9", message="SM" + "2" * 32)

    assert len(store_client.keys("wish:*")) == 1


def test_the_same_message_again_gets_the_same_answer_and_changes_nothing(
    provider: Provider, store_client: redis.Redis
) -> None:
    first = [text(provider, word, message=f"SM{number:032d}") for number, word in enumerate(["اتصل", "1", "1", "1"])]

    again = [text(provider, word, message=f"SM{number:032d}") for number, word in enumerate(["اتصل", "1", "1", "1"])]

    assert again == first
    assert len(cases(store_client)) == 1


def test_what_she_wrote_is_kept_nowhere(provider: Provider, store_client: redis.Redis) -> None:
    text(provider, "يهددني بنشر صوري ولا اعرف ماذا افعل")

    everything = stored(store_client)
    assert "صوري".encode() not in everything
    assert CALLER[1:].encode() not in everything


@pytest.mark.parametrize("sender", ["", "Zain", "7070", "497", "anonymous"])
def test_who_is_no_telephone_is_not_answered(provider: Provider, store_client: redis.Redis, sender: str) -> None:
    assert text(provider, "اتصل", sender=sender) == ""
    assert set(store_client.scan_iter()) == {b"records"}, "what the provider keeps of it is deleted"


@pytest.mark.parametrize("words", ["", " ", "ً" * 50, "🙂" * 20, "\u202e\u2066", "a" * 4000, "\u200b" * 70, "a\u0000b"])
def test_any_text_is_answered_with_one_message_or_refused(provider: Provider, words: str) -> None:
    form = {"MessageSid": "SM" + "a" * 32, "From": CALLER, "To": HOTLINE, "Body": words}

    response = provider.post("/twilio/sms", form)

    assert response.status_code in {200, 400}


def test_kannel_needs_its_secret_and_gets_arabic_back(written: Provider) -> None:
    fields = {"from": CALLER, "to": "7070", "id": "one", "coding": "0", "charset": "UTF-8", "text": "معلومات"}

    without = written.client.get(f"/kannel/sms?{urlencode(fields)}")
    wrong = written.client.get(f"/kannel/sms?{urlencode({**fields, 'secret': 'x'})}")
    right = written.client.get(f"/kannel/sms?{urlencode({**fields, 'secret': SECRET})}")

    assert (without.status_code, wrong.status_code, right.status_code) == (403, 403, 200)
    assert re.search("[\u0600-\u06ff]", right.text)
    assert right.headers["X-Kannel-Coding"] == "2"


def test_without_a_secret_in_the_settings_the_other_doors_are_shut(provider: Provider) -> None:
    assert provider.client.get("/kannel/sms?secret=").status_code == 404
    assert provider.client.post("/africastalking/ussd/").status_code == 404
    assert provider.client.post("/africastalking/ussd/x").status_code == 404


def ussd(provider: Provider, typed: str, *, session: str = SESSIONS[0], phone: str = CALLER) -> str:
    """One step of a USSD dialogue, as Africa's Talking sends it."""
    form = {"sessionId": session, "phoneNumber": phone, "networkCode": "41820", "serviceCode": "*726#", "text": typed}
    response = provider.client.post(f"/africastalking/ussd/{SECRET}", data=form)
    assert response.status_code == 200, response.text
    kind, _, screen = response.text.partition(" ")
    assert kind in {"CON", "END"}
    assert utf16_units(screen) <= 80, screen
    return response.text


def test_four_screens_make_a_request(written: Provider, store_client: redis.Redis) -> None:
    for typed in ("", "2", "2*1", "2*1*1"):
        assert ussd(written, typed).startswith("CON ")

    screen = ussd(written, "2*1*1*1")

    (case,) = cases(store_client)
    assert str(case["secret"]) in screen


def test_a_repeated_step_is_answered_the_same(written: Provider, store_client: redis.Redis) -> None:
    steps = ("", "2", "2*1", "2*1*1", "2*1*1*1")
    first = [ussd(written, typed) for typed in steps]

    assert [ussd(written, typed) for typed in steps] == first
    assert len(cases(store_client)) == 1


def test_another_phone_with_the_same_session_sees_nothing_of_it(written: Provider) -> None:
    begun = ussd(written, "")
    for typed in ("2", "2*1", "2*1*1", "2*1*1*1"):
        ussd(written, typed)

    assert ussd(written, "", phone="+9647509876543") == begun
    other = ussd(written, "2*1*1*1*1", phone="+9647509876543", session=SESSIONS[0])
    assert "secret" not in other


@pytest.mark.parametrize("typed", ["**", "#", "*", "9", "abc", "1*" * 200, "٢", "2**1", " "])
def test_strange_entries_are_answered_with_a_screen(written: Provider, typed: str) -> None:
    ussd(written, "")

    assert ussd(written, typed)


def test_ussd_without_the_secret_changes_nothing(written: Provider, store_client: redis.Redis) -> None:
    response = written.client.post("/africastalking/ussd/wrong", data={"sessionId": "x", "phoneNumber": CALLER})

    assert response.status_code == 403
    assert not list(store_client.scan_iter())


def test_after_an_end_a_digit_begins_anew(provider: Provider, store_client: redis.Redis) -> None:
    by_text(provider, "معلومات", "3", "2", "1", "1", "1")

    assert len(cases(store_client)) == 1


@pytest.mark.parametrize(
    "written", [(), ("اتصل",), ("اتصل", "1", "1", "4")], ids=["nothing", "a yes", "the later questions"]
)
def test_a_lone_one_where_no_question_stands_is_no_cry_of_danger_but_asked_about(
    provider: Provider, store_client: redis.Redis, written: tuple[str, ...]
) -> None:
    """It may be the answer to a question of ours that came late: her phone must not ring outside her time for it."""
    if written:
        by_text(provider, *written)
    before = [(case["safe_time"], case["answers"]) for case in cases(store_client)]
    for session in store_client.keys("session:*"):
        store_client.delete(session)  # as when its ten minutes are over

    answer = text(provider, "1", message="SMlate")

    assert answer == "1 عاجل 2 اتصال 3 معلومات 4 إلغاء ومسح"
    assert [(case["safe_time"], case["answers"]) for case in cases(store_client)] == before
    assert "911" in text(provider, "1", message="SMmeant")
    assert len(cases(store_client)) == len(before) + 1


@pytest.mark.parametrize("digit", ["2", "٣", "۴"])
def test_any_other_lone_digit_leads_on_at_once(provider: Provider, store_client: redis.Redis, digit: str) -> None:
    assert text(provider, digit) != "1 عاجل 2 اتصال 3 معلومات 4 إلغاء ومسح"
    assert not cases(store_client)


@pytest.mark.parametrize("digit", ["1", "٢", "9"])
def test_a_digit_that_comes_after_a_stop_does_nothing_and_is_answered_with_the_menu(
    provider: Provider, store_client: redis.Redis, digit: str
) -> None:
    """Messages overtake each other: it may have been written before the stop."""
    menu = by_text(provider, "معلومات", "3", "0")
    by_text(provider, "اتصل", "1", "1")
    text(provider, "توقف", message="SMstop")

    answer = text(provider, digit, message="SMlate")

    assert answer in {menu, "1 عاجل 2 اتصال 3 معلومات 4 إلغاء ومسح"}
    assert not cases(store_client)
    assert len(store_client.keys("wish:*")) == 1
    text(provider, "2", message="SMmenu")
    assert not cases(store_client)


def test_after_a_stop_a_word_begins_anew(provider: Provider, store_client: redis.Redis) -> None:
    text(provider, "توقف", message="SMstop")

    by_text(provider, "اتصل", "1", "1", "1")

    assert len(cases(store_client)) == 1
