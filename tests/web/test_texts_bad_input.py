"""Whatever is written, on every real route: a clear answer, never a server's error, and nothing of it kept."""

import hashlib
import json
from collections.abc import Iterator

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway import bootstrap
from gateway.core.lengths import utf16_units
from gateway.web.apps import webhook_app
from tests.stored import stored
from tests.web.conftest import CALLER, HOTLINE, STAFF, Provider
from tests.web.writing import SECRET, answer_to, at_ussd, kannel, twilio

OTHER = "+9647509876543"
ODD_TEXTS = {
    "four kilobytes": "ساعدوني " * 512,
    "four kilobytes of Latin": "help " * 819,
    "only marks": "\u064b\u064c\u064d\u0651" * 30,
    "only a tatweel": "\u0640" * 70,
    "mixed scripts": "اتصل call ぁ 打 คุณ ❤ якщо זה",
    "emoji": "🙏🏽📞👩‍👩‍👧",
    "bidi controls": "\u202e\u2066اتصل\u2069\u202c\u200f",
    "zero width": "\u200b\u200c\u200d\ufeff" * 20,
    "a tag sequence": "🏴\U000e0067\U000e0062\U000e007f",
    "half a pair": "a\ufffd\ufffdb",
    "newlines": "\n\r\n\t ",
    "markup": "<Response><Message>x</Message></Response>&amp;%00%0d%0a",
    "a format string": "{secret} {0} %s %(x)s $(id) `id`",
    "numbers": "07701234567",
    "private use": "\ue000\uf8ff",
}
WORD = "متحجبةغريبة"  # a word that stands in no table of ours


@pytest.fixture
def written(web_environment: dict[str, str]) -> Iterator[Provider]:
    app = webhook_app(bootstrap.web({**web_environment, "KANNEL_SECRET": SECRET, "USSD_SECRET": SECRET}))
    with app.test_client() as client:
        yield Provider(client)


def in_letters(hexadecimal: str) -> tuple[str, str]:
    """A digest in hex, and in the letters in which names stand in the store."""
    return hexadecimal, hexadecimal.translate(str.maketrans("0123456789abcdef", "abcdefghijklmnop"))


def cases(client: redis.Redis) -> list[dict[str, object]]:
    return [json.loads(client.get(key)) for key in client.scan_iter("case:*")]  # type: ignore[arg-type]


# --- messages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_an_odd_text_by_twilio_is_answered_with_one_message(
    written: Provider, store_client: redis.Redis, text: str
) -> None:
    answer = answer_to(written, text)

    assert 0 < utf16_units(answer) <= 70
    assert cases(store_client) == []


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS)
@pytest.mark.parametrize(
    ("encoding", "charset", "coding"),
    [
        ("utf-8", "UTF-8", "0"),
        ("utf-16-be", "UTF-16BE", "2"),
        ("utf-8", "ISO-8859-1", "0"),
        ("utf-16-be", "UTF-8", "2"),
    ],
)
def test_an_odd_text_by_kannel_is_answered_with_one_message(
    written: Provider, text: str, encoding: str, charset: str, coding: str
) -> None:
    response = kannel(written, text.encode(encoding), charset=charset, coding=coding)

    assert response.status_code == 200
    assert 0 < utf16_units(response.text) <= 70


@pytest.mark.parametrize(
    ("raw", "charset", "coding"),
    [
        ("توقف".encode(), "UTF-8", "0"),
        ("توقف".encode("utf-16-be"), "UTF-16BE", "2"),
        ("توقف".encode("utf-16-be"), "UTF-8", "2"),
        ("توقف".encode("utf-16-be"), "", ""),
        ("توقف".encode("utf-16-be").hex().encode(), "UTF-8", "2"),
        ("توقف".encode("utf-16-be").hex().upper().encode(), "UTF-8", "0"),
        ("توقف".encode(), "ISO-8859-1", "0"),
        ("توقف".encode("cp1256"), "windows-1256", "0"),
        ("توقف".encode().decode("latin-1").encode(), "UTF-8", "0"),
    ],
)
def test_a_stop_is_understood_however_its_bytes_are_labelled(
    written: Provider, store_client: redis.Redis, raw: bytes, charset: str, coding: str
) -> None:
    response = kannel(written, raw, charset=charset, coding=coding)

    assert response.status_code == 200
    assert len(store_client.keys("wish:*")) == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200),
    st.sampled_from(["", "UTF-8", "UTF-16BE", "UTF-16LE", "GSM", "windows-1256", "x"]),
    st.sampled_from(["", "0", "1", "2", "9", "x"]),
)
def test_any_bytes_by_kannel_are_answered_or_refused(written: Provider, raw: bytes, charset: str, coding: str) -> None:
    assert kannel(written, raw, charset=charset, coding=coding).status_code in {200, 400}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=120))
def test_any_text_by_twilio_is_answered_or_refused(written: Provider, text: str) -> None:
    assert twilio(written, text).status_code in {200, 400}


@pytest.mark.parametrize("sender", ["", "Zain", "ASIACELL", "7070", "497", "anonymous", "+266696687", "sip:x@y", "\0"])
def test_a_sender_that_is_no_telephone_changes_nothing(
    written: Provider, store_client: redis.Redis, sender: str
) -> None:
    responses = (
        twilio(written, "اتصل", sender=sender),
        kannel(written, "اتصل".encode(), **{"from": sender}),
    )

    assert {response.status_code for response in responses} <= {200, 400}
    kept = set(store_client.scan_iter())
    assert kept <= {b"records"}, "at most that the provider has it, to be deleted"


@pytest.mark.parametrize("sender", ["+491711234567", "+905321234567", "+448719876543"])
@pytest.mark.parametrize("to", [HOTLINE, STAFF])
def test_a_foreign_or_a_dear_number_is_sent_nothing_and_nothing_is_done_for_it(
    written: Provider, store_client: redis.Redis, sender: str, to: str
) -> None:
    answers = [answer_to(written, words, sender=sender, to=to) for words in ("اتصل", "خطر", "توقف", "on 4821")]

    assert answers == [""] * 4
    assert set(store_client.scan_iter()) == {b"records"}, "only that the provider has it, to be deleted"


def test_a_phone_of_a_country_that_is_called_back_is_answered(web_environment: dict[str, str]) -> None:
    settings = {**web_environment, "CALLBACK_REGIONS": "IQ,TR"}
    with webhook_app(bootstrap.web(settings)).test_client() as client:
        answer = answer_to(Provider(client), "اتصل", sender="+905321234567")

    assert utf16_units(answer) > 0


def test_a_message_told_of_many_times_is_answered_the_same_and_done_once(
    written: Provider, store_client: redis.Redis
) -> None:
    for number, words in enumerate(["اتصل", "1", "1"]):
        answer_to(written, words, message=f"{number}")
    first = answer_to(written, "1", message="last")

    again = {answer_to(written, "1", message="last") for _ in range(60)}

    assert again == {first}
    assert len(cases(store_client)) == 1


def test_one_message_id_of_two_phones_is_two_messages(written: Provider) -> None:
    kept = answer_to(written, "توقف", message="same")

    other = answer_to(written, "معلومات", message="same", sender=OTHER)

    assert other != kept


@pytest.mark.parametrize("message", ["", "../x", "a" * 65, "id with space", "٣"])
def test_an_id_that_no_provider_gives_is_refused(written: Provider, store_client: redis.Redis, message: str) -> None:
    assert kannel(written, b"x", id=message).status_code == 400
    assert list(store_client.scan_iter()) == []


def test_nothing_of_what_was_written_is_kept_anywhere(written: Provider, store_client: redis.Redis) -> None:
    answer_to(written, f"{WORD} يهددني")
    kannel(written, WORD.encode())
    at_ussd(written, WORD)

    kept = stored(store_client)
    for form in (WORD.encode(), WORD.encode("utf-16-be"), json.dumps(WORD).strip('"').encode(), CALLER[1:].encode()):
        assert form not in kept


def test_a_message_whose_id_holds_the_number_leaves_neither_it_nor_an_unkeyed_digest(
    written: Provider, store_client: redis.Redis
) -> None:
    message = f"{CALLER[1:]}-1"  # a gateway may build its ids so; whoever knows how could try every number

    kannel(written, "معلومات".encode(), id=message)
    kept = stored(store_client)
    first = store_client.hlen(store_client.keys("session:*")[0])
    again = kannel(written, "معلومات".encode(), id=message)

    digests = [hashlib.new(name, message.encode()) for name in ("md5", "sha1", "sha256")]
    forms = [form for digest in digests for form in (digest.digest(), *map(str.encode, in_letters(digest.hexdigest())))]
    assert not [form for form in (message.encode(), *forms) if form in kept]
    assert again.status_code == 200
    assert store_client.hlen(store_client.keys("session:*")[0]) == first


# --- USSD --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["**", "#", "*", "***", "1**", "2*1**1", "*" * 500, "1*" * 200, "#*#", " ", "اتصل", "🙂"]
)
def test_any_entry_is_answered_with_a_screen(written: Provider, typed: str) -> None:
    at_ussd(written, "")

    kind, _, screen = at_ussd(written, typed).partition(" ")

    assert kind in {"CON", "END"}
    assert utf16_units(screen) <= 80


def test_two_hundred_steps_come_to_an_end_and_make_no_second_request(
    written: Provider, store_client: redis.Redis
) -> None:
    answers = [at_ussd(written, "*".join(["9"] * number)) for number in range(200)]

    assert answers[-1].startswith("END ") or "CON " in answers[-1]
    assert any(answer.startswith("END ") for answer in answers)
    assert cases(store_client) == []


def test_a_session_id_of_another_phone_shows_nothing_of_the_first(written: Provider, store_client: redis.Redis) -> None:
    hers = [at_ussd(written, typed) for typed in ("", "2", "2*1", "2*1*1", "2*1*1*1")][-1]
    [case] = cases(store_client)

    others = [at_ussd(written, typed, phone=OTHER) for typed in ("", "2*1*1*1", "2*1*1*1*1")]

    assert str(case["secret"]) in hers
    assert not [screen for screen in others if screen == hers or str(case["secret"]) in screen]


@pytest.mark.parametrize("phone", ["", "anonymous", "497", "Zain", "+491711234567"])
def test_a_phone_that_cannot_be_called_is_told_so(written: Provider, store_client: redis.Redis, phone: str) -> None:
    at_ussd(written, "", phone=phone)

    assert at_ussd(written, "2", phone=phone).startswith("END ")
    assert cases(store_client) == []


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"sessionId": "x y"},
        {"sessionId": "x" * 300, "text": ""},
        {"sessionId": "x", "text": "1" * 9000},
        {"sessionId": "x", "text": "\x00"},
    ],
)
def test_a_form_that_no_gateway_sends_is_refused(
    written: Provider, store_client: redis.Redis, form: dict[str, str]
) -> None:
    response = written.client.post(f"/africastalking/ussd/{SECRET}", data=form)

    assert response.status_code == 400
    assert list(store_client.scan_iter()) == []


def test_a_dialogue_cut_off_after_consent_keeps_the_request_and_forgets_the_screens(
    written: Provider, store_client: redis.Redis
) -> None:
    for typed in ("", "2", "2*1", "2*1*1", "2*1*1*1"):
        at_ussd(written, typed)
    notice = {
        "date": "2026-11-24 12:00:00",
        "sessionId": "ATUid_1",
        "phoneNumber": CALLER,
        "status": "Incomplete",
        "durationInMillis": "61000",
        "hopsCount": "5",
        "input": "2*1*1*1",
        "lastAppResponse": "CON x",
    }

    response = written.client.post(f"/africastalking/ussd/{SECRET}", data=notice)

    assert response.status_code == 200
    assert len(cases(store_client)) == 1
    assert store_client.keys("session:*") == []


def test_a_dialogue_that_nobody_ended_is_forgotten_soon_after_its_longest_time(
    written: Provider, store_client: redis.Redis
) -> None:
    at_ussd(written, "")
    at_ussd(written, "2")

    [session] = store_client.keys("session:*")
    assert 180 <= store_client.ttl(session) <= 300


def test_the_advice_has_two_screens(written: Provider) -> None:
    at_ussd(written, "")
    first, second = at_ussd(written, "3"), at_ussd(written, "3*1")

    assert first != second
    assert first.startswith("CON ")
    assert second.startswith("CON ")
