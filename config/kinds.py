"""The kinds of values that settings have, each parsed from a variable's text. A value exists only if it is right."""

import re
from datetime import date, time, timedelta
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import phonenumbers
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

_ORIGIN = re.compile(r"(https?)://([a-zA-Z0-9.-]+|\[[0-9a-fA-F:]+\])(:[1-9][0-9]{0,4})?/?")
_HERE = frozenset({"127.0.0.1", "[::1]", "localhost"})
_E164 = re.compile(r"\+[0-9]{7,15}", re.ASCII)
_IN_AN_ADDRESS = re.compile(r"[A-Za-z0-9_-]{16,128}")  # where nothing is signed it is all that keeps strangers out
_DAY_PART = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)", re.ASCII)
_DATE = re.compile(r"2\d{3}-\d\d-\d\d", re.ASCII)
_MIDNIGHT = time(0)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class DayPart(NamedTuple):
    """A part of a day on the hotline's clock, from `opens` until before `closes`; 00:00 closes the day, as 24:00."""

    opens: time
    closes: time

    def shared_with(self, other: "DayPart") -> timedelta:
        """How long both last at once; less than nothing if one ends before the other begins."""
        return min(self._end(), other._end()) - max(_since_midnight(self.opens), _since_midnight(other.opens))

    def _end(self) -> timedelta:
        return _since_midnight(self.closes) or timedelta(days=1)


def _since_midnight(moment: time) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute)


def _origin(url: str) -> str:
    match = _ORIGIN.fullmatch(url)
    if match is None or (match[1] == "http" and match[2] not in _HERE):
        raise ValueError
    return url.removesuffix("/")


def _persons_number(number: SecretStr) -> SecretStr:
    try:
        parsed = phonenumbers.parse(number.get_secret_value())
    except phonenumbers.NumberParseException:
        raise ValueError from None
    if not _E164.fullmatch(number.get_secret_value()) or not phonenumbers.is_valid_number(parsed):
        raise ValueError
    return number


def _hard_to_guess(secret: SecretStr) -> SecretStr:
    if not _IN_AN_ADDRESS.fullmatch(secret.get_secret_value()):
        raise ValueError
    return secret


def _region(code: str) -> str:
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError
    return code


def _store_address(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    parts.port  # noqa: B018  # ValueError for one that is no number
    if parts.scheme not in {"redis", "rediss", "unix"}:
        raise ValueError
    return url


def _day_part(text: object) -> object:
    match = _DAY_PART.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return text  # a default, which is a `DayPart` already; pydantic refuses anything else
    return DayPart(time.fromisoformat(match[1]), _closing(match[2]))


def _closing(text: str) -> time:
    if text == "00:00":
        raise ValueError  # the midnight that a day begins with closes nothing; the one that ends it is 24:00
    return _MIDNIGHT if text == "24:00" else time.fromisoformat(text)


def _forwards(part: DayPart) -> DayPart:
    if part.closes != _MIDNIGHT and part.opens >= part.closes:
        raise ValueError
    return part


def _plain_digits(text: object) -> object:
    if isinstance(text, str) and not (text.isascii() and text.isdigit()):
        raise ValueError
    return text


def _zone(name: object) -> object:
    if not isinstance(name, str):
        return name
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise ValueError from error


def _regions(text: object) -> object:
    return tuple(part.strip() for part in text.split(",")) if isinstance(text, str) else text


def _weekdays(text: object) -> object:
    if not isinstance(text, str):
        return text
    return frozenset(_WEEKDAYS.index(part.strip().lower()) for part in text.split(","))  # ValueError for any other word


def _dates(text: object) -> object:
    if not isinstance(text, str):
        return text
    parts = [part.strip() for part in text.split(",")]
    if not all(_DATE.fullmatch(part) for part in parts):
        raise ValueError
    return frozenset(date.fromisoformat(part) for part in parts)


def _not_all(days: frozenset[int]) -> frozenset[int]:
    if len(days) == len(_WEEKDAYS):
        raise ValueError
    return days


# An address without path, query or user; https, unless it stays on this machine.
Origin = Annotated[str, AfterValidator(_origin)]
# May carry a password, so it is kept as a secret.
StoreAddress = Annotated[SecretStr, AfterValidator(_store_address)]
PartOfDay = Annotated[DayPart, BeforeValidator(_day_part), AfterValidator(_forwards)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Region = Annotated[str, AfterValidator(_region)]
Regions = Annotated[tuple[Region, ...], BeforeValidator(_regions)]
# Counted from Monday, which is 0.
Weekdays = Annotated[frozenset[int], BeforeValidator(_weekdays), AfterValidator(_not_all)]
Dates = Annotated[frozenset[date], BeforeValidator(_dates)]
# A number of the service, which may be short; as providers write it, so never with the 0 of calls within a country.
ServiceNumber = Annotated[str, Field(pattern=r"^\+?[1-9][0-9]{2,14}$")]
# The number of somebody we ring. It may not come into a log, so it is kept as a secret.
PersonsNumber = Annotated[SecretStr, AfterValidator(_persons_number)]
# Stands in an address that a gateway is given.
AddressSecret = Annotated[SecretStr, AfterValidator(_hard_to_guess)]
SendsmsUser = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
AccountId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{2,64}$")]
# Digits only: the server is given the text itself.
Port = Annotated[int, BeforeValidator(_plain_digits), Field(ge=1, le=65535)]
Language = Literal["ar", "en"]
LogLevel = Literal["debug", "info", "warning", "error"]
