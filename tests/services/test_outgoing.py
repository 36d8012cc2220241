"""No phone is rung or texted that this service must not reach, whoever asks for it."""

from datetime import timedelta

import pytest

from gateway.core.errors import NotAPhoneNumber
from gateway.core.phone import PhoneNumber
from gateway.services.outgoing import GuardedTelephone, GuardedTexting, NotToBeReached, only
from tests.services.house import AMAL, CALLER, House

ABROAD = PhoneNumber.parse("+491711234567")
PREMIUM = PhoneNumber.parse("+499001234567")
FREE = PhoneNumber.parse("+498001234567")


def ring(telephone: GuardedTelephone, number: PhoneNumber) -> None:
    telephone.ring(
        number,
        answer_path="/twilio/voice/gate/x",
        status_path="/twilio/status/gate/x",
        ring_for=timedelta(seconds=5),
        limit=timedelta(minutes=1),
    )


@pytest.mark.parametrize("number", [ABROAD, PREMIUM, FREE])
def test_a_foreign_premium_or_free_number_is_neither_rung_nor_texted(house: House, number: PhoneNumber) -> None:
    rule = only(frozenset({"IQ"}))

    with pytest.raises(NotToBeReached) as refused:
        ring(GuardedTelephone(house.network, may_reach=rule), number)
    with pytest.raises(NotToBeReached):
        GuardedTexting(house.network.texting, may_reach=rule).send(
            number, "x", valid_for=timedelta(minutes=1), token="x"
        )

    assert (house.network.rung, house.network.texting.sent) == ([], [])
    assert number.reveal()[1:] not in refused.value.advice


def test_premium_is_refused_in_a_country_that_is_configured_too(house: House) -> None:
    rule = only(frozenset({"IQ", "DE"}))

    ring(GuardedTelephone(house.network, may_reach=rule), ABROAD)
    with pytest.raises(NotToBeReached):
        ring(GuardedTelephone(house.network, may_reach=rule), PREMIUM)


@pytest.mark.parametrize("number", [CALLER, AMAL])
def test_ordinary_numbers_are_reached(house: House, number: str) -> None:
    telephone = GuardedTelephone(house.network, may_reach=only(frozenset({"IQ"})))

    ring(telephone, PhoneNumber.parse(number))

    assert house.network.rings_of(number)


def test_the_supervisor_is_reached_where_she_is(house: House) -> None:
    rule = only(frozenset({"IQ"}), besides=frozenset({ABROAD}))

    ring(GuardedTelephone(house.network, may_reach=rule), ABROAD)

    assert len(house.network.rung) == 1


@pytest.mark.parametrize("number", ["497", "131", "911", "100", "104", "115", "122", "7070", "*100#"])
def test_short_and_emergency_numbers_are_no_numbers_at_all(number: str) -> None:
    with pytest.raises(NotAPhoneNumber):
        PhoneNumber.parse(number)
