"""What counts as a telephone number, that it hides itself, and whom we may call."""

import copy
import dataclasses
import json
import pickle

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from gateway.core.errors import NotAPhoneNumber
from gateway.core.phone import PhoneNumber, is_callable, is_withheld

HERS = "+9647701234567"
IRAQ = frozenset({"IQ"})


@pytest.mark.parametrize(
    "written",
    [
        HERS,
        "07701234567",
        "009647701234567",
        "00 964 770 123 4567",
        "+964 (0)770 123 4567",
        "+964-770-123-45-67",
        "٠٧٧٠١٢٣٤٥٦٧",
        "۰۷۷۰۱۲۳۴۵۶۷",
        "+٩٦٤٧٧٠١٢٣٤٥٦٧",
        "\u200f0770\u200e1234567",
        "\u202b+9647701234567\u202c",
        "0\u064e7701234567",
        "\u00a00770\u00a0123\u00a04567 ",
    ],
)
def test_a_number_is_read_however_it_is_written(written: str) -> None:
    number = PhoneNumber.parse(written)

    assert number.reveal() == HERS


@pytest.mark.parametrize(
    "short", ["497", "131", "911", "100", "104", "115", "122", "+964497", "+964911", "00964131", "٤٩٧"]
)
def test_short_and_emergency_numbers_are_no_telephone_numbers(short: str) -> None:
    with pytest.raises(NotAPhoneNumber):
        PhoneNumber.parse(short)


@pytest.mark.parametrize(
    "text",
    ["", "+", "anonymous", "+266696687", "sip:+9647701234567@host", "whatsapp:+9647701234567", "0770123456",
     "07701234567 ext 5",
     "1-800-FLOWERS", "07701234567\0", "\ud800", "0" * 5000, "+964770123456789012"],
)  # fmt: skip
def test_what_is_no_number_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(NotAPhoneNumber) as refusal:
        PhoneNumber.parse(text)

    assert not any(character.isdigit() for character in str(refusal.value))
    assert refusal.value.__cause__ is None


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_and_nothing_else(text: str) -> None:
    try:
        number = PhoneNumber.parse(text)
    except NotAPhoneNumber:
        return

    assert number == PhoneNumber.parse(number.reveal())


def test_a_number_shows_no_digit_unless_asked() -> None:
    number = PhoneNumber.parse(HERS)

    shown = [repr(number), str(number), f"{number}", f"{number:>40}", f"{number!r:^3}", "%s" % number, repr([number])]  # noqa: UP031

    assert not any(character.isdigit() for text in shown for character in text)


@dataclasses.dataclass(frozen=True)
class _Holder:
    number: PhoneNumber


def test_a_number_cannot_be_written_away_by_accident() -> None:
    number = PhoneNumber.parse(HERS)

    with pytest.raises(TypeError):
        pickle.dumps(number)
    with pytest.raises(TypeError):
        json.dumps({"to": number})
    with pytest.raises(TypeError):
        vars(number)
    assert HERS[-4:] not in repr(dataclasses.asdict(_Holder(number)))


def test_a_number_is_made_by_reading_only_and_never_changes() -> None:
    number = PhoneNumber.parse(HERS)

    with pytest.raises(TypeError):
        PhoneNumber()
    with pytest.raises(AttributeError):
        number._e164 = "+1"
    with pytest.raises(AttributeError):
        del number._e164
    assert copy.deepcopy(number) is copy.copy(number) is number


def test_two_numbers_are_equal_when_they_ring_the_same_phone() -> None:
    one, same, other = (PhoneNumber.parse(text) for text in (HERS, "0770 123 4567", "0770 123 4568"))

    assert one == same
    assert one != other
    assert {one, same, other} == {one, other}
    assert one != HERS


@pytest.mark.parametrize(
    "sent",
    [None, "", "  ", "+", "anonymous", "Anonymous", "RESTRICTED", "+266696687", "266696687", "+7378742833", "+2562533",
     "+8656696", "+86282452253", "unknown", "private", "UNAVAILABLE", "No Caller ID", "sip:anonymous@anonymous.invalid",
     '"Anonymous" <sip:anonymous@anonymous.invalid>'],
)  # fmt: skip
def test_a_withheld_number_is_known_by_every_word_for_it(sent: str | None) -> None:
    assert is_withheld(sent)


@pytest.mark.parametrize("sent", [HERS, "07701234567", "497", "sip:+9647701234567@host", "sip:alice@host", "garbage"])
def test_a_number_or_nonsense_is_not_withheld(sent: str) -> None:
    assert not is_withheld(sent)


@pytest.mark.parametrize("number", [HERS, "+9647812345678", "+9647501234567", "+96460123456"])
def test_ordinary_numbers_of_the_region_may_be_called(number: str) -> None:
    assert is_callable(PhoneNumber.parse(number), IRAQ)


@pytest.mark.parametrize(
    "number",
    [
        "+12025550123",
        "+19005550123",
        "+18005550123",
        "+447911123456",
        "+442079460000",
        "+88216123456789",
        "+80012345678",
    ],
)
def test_other_countries_premium_and_toll_free_numbers_may_not_be_called(number: str) -> None:
    assert not is_callable(PhoneNumber.parse(number), IRAQ)


def test_a_premium_number_of_an_allowed_region_may_not_be_called() -> None:
    assert not is_callable(PhoneNumber.parse("+19005550123"), frozenset({"US"}))


@given(st.from_regex(r"\+9647[0-9]{7,11}", fullmatch=True) | st.from_regex(r"\+964[1-9][0-9]{6,10}", fullmatch=True))
def test_of_numbers_that_are_known_without_the_library_the_library_thinks_the_same(text: str) -> None:
    theirs = phonenumbers.parse(text)

    try:
        ours = PhoneNumber.parse(text)
    except NotAPhoneNumber:
        assert not phonenumbers.is_valid_number(theirs)
        return

    mobile_or_landline = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
    assert phonenumbers.is_valid_number(theirs)
    assert ours.reveal() == phonenumbers.format_number(theirs, PhoneNumberFormat.E164)
    assert is_callable(ours, IRAQ) == (phonenumbers.number_type(theirs) in mobile_or_landline)
    assert not is_callable(ours, frozenset({"TR"}))
    assert not is_withheld(text)


@pytest.mark.parametrize("beginning", [f"{code:03}" for code in range(700, 800)])
def test_every_beginning_of_an_iraqi_mobile_is_taken_or_refused_as_the_library_does(beginning: str) -> None:
    text = f"+964{beginning}1234567"

    try:
        known = PhoneNumber.parse(text).reveal() == text
    except NotAPhoneNumber:
        known = False

    assert known == phonenumbers.is_valid_number(phonenumbers.parse(text))
