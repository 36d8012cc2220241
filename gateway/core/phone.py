"""Telephone numbers: what counts as one, which of them may be called, and who withheld hers.

A `PhoneNumber` exists only if it is valid, and shows itself to nobody who does not ask by `reveal()`.
How numbers are masked in text is in `redaction`; how leaks of them are found is in `leaks`.
"""

import re
import unicodedata
from typing import NoReturn, Self, SupportsIndex

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from gateway.core.errors import NotAPhoneNumber

_HIDDEN = "<phone number>"
_LONGEST_TEXT = 40  # "00 964 (0) 770 - 123 - 45 - 67" is 30
_SHORTEST_NATIONAL = 7  # 497, 131, 911 and whatever comes next; the price: landlines of Niue and Saint Helena

# Nearly every caller's number, as networks write it. Known without the library, which takes longer over one number than
# the store over her request; a property test holds the two against each other.
_IRAQI_MOBILE = re.compile(r"\+9647[3-9][0-9]{8}")
_IRAQ = "IQ"

_WRITTEN_LIKE_A_NUMBER = re.compile(r"[+\N{FULLWIDTH PLUS SIGN}]?[\d\s().\-/\u2010-\u2015\u2212]+")
_DIALLABLE = frozenset(
    {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
)  # never premium, shared cost, toll-free, pagers, personal numbers

_WITHHELD_WORDS = frozenset(
    {
        "anonymous",
        "restricted",
        "blocked",
        "unknown",
        "unavailable",
        "private",
        "withheld",
        "nocallerid",
        "none",
        "null",
    }
)
_LETTER_KEYS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
# Twilio and some switches spell the word on a keypad: +266696687 is ANONYMOUS, +7378742833 is RESTRICTED.
_WITHHELD_DIGITS = frozenset(word.translate(_LETTER_KEYS) for word in _WITHHELD_WORDS if word not in {"none", "null"})


class PhoneNumber:
    """A valid telephone number that hides itself. Made only by `parse`; equal and hashed by its number.

    Not a dataclass on purpose: `dataclasses.asdict`, `pickle` and JSON encoders would lay its one field open.
    """

    __slots__ = ("_e164",)
    _e164: str

    def __init__(self) -> None:
        raise TypeError("use PhoneNumber.parse")

    @classmethod
    def parse(cls, text: str, region: str = _IRAQ) -> Self:
        """Read a number as people and providers write it: E.164, 00 or national, any script's digits, any marks.

        `region` is where a number without country code belongs. Raises `NotAPhoneNumber`, which never repeats the text.
        """
        number = object.__new__(cls)
        plain = _IRAQI_MOBILE.fullmatch(text) is not None
        object.__setattr__(number, "_e164", text if plain else _e164(_without_marks(text), region))
        return number

    def reveal(self) -> str:
        """The number in E.164, e.g. `+964` and ten digits. Only for a provider's request and for sealing."""
        return self._e164

    def __eq__(self, other: object) -> bool:
        return self._e164 == other._e164 if isinstance(other, PhoneNumber) else NotImplemented

    def __hash__(self) -> int:
        return hash((PhoneNumber, self._e164))

    def __repr__(self) -> str:
        return _HIDDEN

    def __format__(self, spec: str) -> str:
        return format(_HIDDEN, spec)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a phone number does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a phone number does not change")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a phone number is sealed, never pickled")


def is_withheld(text: str | None) -> bool:
    """Whether a provider's `From` says that the caller hides her number: no call back is possible."""
    if text is None:
        return True
    if _IRAQI_MOBILE.fullmatch(text):
        return False
    address = text.casefold().rpartition("<")[2].strip()  # SIP: "A name" <sip:anonymous@anonymous.invalid>
    user = re.sub(r"^(?:sips?|tel):", "", address).partition("@")[0]
    word = re.sub(r"[\W_]+", "", user)
    return not word or word in _WITHHELD_WORDS or word in _WITHHELD_DIGITS


def is_callable(number: PhoneNumber, regions: frozenset[str]) -> bool:
    """Whether we may dial this number: an ordinary mobile or landline of one of these regions (`IQ`, ...)."""
    if _IRAQI_MOBILE.fullmatch(number.reveal()):
        return _IRAQ in regions
    parsed = phonenumbers.parse(number.reveal())
    return phonenumbers.region_code_for_number(parsed) in regions and phonenumbers.number_type(parsed) in _DIALLABLE


def _without_marks(text: str) -> str:
    """Drop what is not seen: direction marks and bidi controls (Cf), vowel signs and other marks on a digit (Mn)."""
    return "".join(character for character in text if unicodedata.category(character) not in {"Cf", "Mn"}).strip()


def _e164(text: str, region: str) -> str:
    refusal = NotAPhoneNumber("this is not a telephone number that can be called")
    if len(text) > _LONGEST_TEXT or not _WRITTEN_LIKE_A_NUMBER.fullmatch(text):
        raise refusal
    try:
        parsed = phonenumbers.parse(text, region)
    except NumberParseException:
        raise refusal from None  # the library's message may quote its input
    if len(phonenumbers.national_significant_number(parsed)) < _SHORTEST_NATIONAL:
        raise refusal
    if not phonenumbers.is_valid_number(parsed):
        raise refusal
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
