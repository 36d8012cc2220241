"""Debian's own Kannel between an operator and us. Skipped, with the reason, where it is not installed."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from gateway.core.messages import MessageArrived, MessageId, MessageStatus
from gateway.core.phone import PhoneNumber
from gateway.providers.kannel.client import KannelTexting
from gateway.providers.kannel.inbound import Kannel
from gateway.providers.wires import WireAnswer
from tests.providers.kannel.house import PASSWORD, SECRET, House, missing_parts, running, ucs2, until

pytestmark = pytest.mark.skipif(
    bool(missing_parts()), reason=f"apt-get install kannel kannel-extras: no {', '.join(missing_parts())} here"
)
HERS = "+9647701234567"
CALL_ME = "اتصل بي"
MENU = "1 اتصال 2 معلومات 3 إلغاء ومسح"
STOP = "توقف"


def reply(message: MessageArrived) -> WireAnswer:
    return Kannel().answer("" if message.text == STOP else MENU, valid_for=timedelta(minutes=10))


@pytest.fixture(params=[True, False], ids=["recoded", "as-bytes"], scope="module")
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running(tmp_path_factory.mktemp("kannel"), reply, recode=request.param) as house:
        yield house


@pytest.fixture(autouse=True)
def fresh(house: House) -> None:
    house.web.messages.clear()
    house.web.reports.clear()


def texting(house: House) -> KannelTexting:
    return KannelTexting(
        house.sendsms_url,
        username="sanad",
        password=PASSWORD,
        service_number="7070",
        report_url=f"http://127.0.0.1:{house.web.port}/kannel/status",
        secret=SECRET,
        pace=lambda: None,
    )


def statuses(house: House, message: MessageId) -> list[MessageStatus]:
    return [report.status for report in list(house.web.reports) if report.id == message]


@pytest.mark.parametrize("sender", [HERS, "07701234567", "497", "ASIACELL"])
def test_an_arabic_message_arrives_as_it_was_written_and_the_arabic_reply_goes_back(house: House, sender: str) -> None:
    with house.operator(f"{sender} 7070 ucs2 {ucs2(CALL_ME)}") as got:
        until(lambda: bool(got()), "the reply")

    [message], [answer] = house.web.messages, got()
    assert (message.from_text, message.to, message.text) == (sender, "7070", CALL_ME)
    assert (answer.sender, answer.receiver, answer.kind, answer.text) == ("7070", sender, "ucs-2", MENU)


def test_an_empty_answer_sends_nothing(house: House) -> None:
    with house.operator(f"{HERS} 7070 ucs2 {ucs2(STOP)}") as got:
        until(lambda: bool(house.web.messages), "the message")
        texting(house).send(PhoneNumber.parse(HERS), "after it", valid_for=timedelta(minutes=5), token="after")
        until(lambda: bool(got()), "the one that was sent afterwards")

    assert [message.text for message in got()] == ["after it"]


def test_a_message_of_ours_reaches_the_operator_and_its_reports_reach_us(house: House) -> None:
    with house.operator() as got:
        message = texting(house).send(PhoneNumber.parse(HERS), MENU, valid_for=timedelta(minutes=5), token="abcdef")
        until(lambda: bool(got()) and len(statuses(house, message)) == 2, "the message and its reports")

    [sent] = got()
    assert (sent.sender, sent.receiver, sent.kind, sent.text) == ("7070", HERS, "ucs-2", MENU)
    assert set(statuses(house, message)) == {MessageStatus.SENT, MessageStatus.DELIVERED}


def test_a_message_that_we_could_not_answer_is_brought_again_under_the_same_id(house: House) -> None:
    house.web.ill = 1

    with house.operator(f"{HERS} 7070 ucs2 {ucs2(CALL_ME)}") as got:
        until(lambda: bool(got()), "the reply")

    first, second = house.web.messages
    assert first == second
    assert [message.text for message in got()] == [MENU]


def test_a_bearerbox_that_was_killed_loses_nothing_that_waited_in_either_direction(house: House) -> None:
    sender = "07709990001"  # in the store once, so that we see when it has arrived there
    ours = texting(house).send(PhoneNumber.parse(HERS), "ours", valid_for=timedelta(minutes=5), token="ours")
    house.kill("smsbox")
    with house.operator(f"{sender} 7070 ucs2 {ucs2(CALL_ME)}"):
        until(lambda: house.keeps(sender), "the message in the store")
        house.kill("bearerbox")

    house.start("bearerbox")
    house.start("smsbox")
    with house.operator() as got:
        until(lambda: MENU in {message.text for message in got()}, "the reply")
        until(lambda: MessageStatus.SENT in statuses(house, ours), "the report")

    assert [(message.from_text, message.text) for message in house.web.messages] == [(sender, CALL_ME)]


def test_the_example_configuration_keeps_numbers_and_texts_out_of_kannels_logs(house: House) -> None:
    with house.operator(f"{HERS} 7070 text hush") as got:
        texting(house).send(PhoneNumber.parse(HERS), MENU, valid_for=timedelta(minutes=5), token="quiet")
        until(lambda: len(got()) == 2, "the reply and the message")

    written = b"".join(log.read_bytes() for log in house.folder.glob("*.log"))
    assert written  # something is written there: how it started, and errors
    assert not [word for word in (b"7701234567", b"7709990001", b"hush", PASSWORD.encode()) if word in written]
