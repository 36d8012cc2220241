"""The kinds of values that settings have, each parsed from a variable's text. A value exists only if it is right."""

import re
from datetime import time
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

_ORIGIN = re.compile(r"(https?)://([a-zA-Z0-9.-]+|\[[0-9a-fA-F:]+\])(:[1-9][0-9]{0,4})?/?")
_HERE = frozenset({"127.0.0.1", "[::1]", "localhost"})
_DAY_PART = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)


class DayPart(NamedTuple):
    """A part of a day on the hotline's clock, from `opens` until before `closes`."""

    opens: time
    closes: time


def _origin(url: str) -> str:
    match = _ORIGIN.fullmatch(url)
    if match is None or (match[1] == "http" and match[2] not in _HERE):
        raise ValueError
    return url.removesuffix("/")


def _store_address(url: SecretStr) -> SecretStr:
    if urlsplit(url.get_secret_value()).scheme not in {"redis", "rediss", "unix"}:
        raise ValueError
    return url


def _day_part(text: object) -> object:
    match = _DAY_PART.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return text  # a default, which is a `DayPart` already; pydantic refuses anything else
    return DayPart(time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4])))


def _forwards(part: DayPart) -> DayPart:
    if part.opens >= part.closes:
        raise ValueError
    return part


def _zone(name: object) -> object:
    if not isinstance(name, str):
        return name
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise ValueError from error


def _regions(text: object) -> object:
    return tuple(part.strip() for part in text.split(",")) if isinstance(text, str) else text


# An address without path, query or user; https, unless it stays on this machine.
Origin = Annotated[str, AfterValidator(_origin)]
# May carry a password, so it is kept as a secret.
StoreAddress = Annotated[SecretStr, AfterValidator(_store_address)]
PartOfDay = Annotated[DayPart, BeforeValidator(_day_part), AfterValidator(_forwards)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Region = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Regions = Annotated[tuple[Region, ...], BeforeValidator(_regions)]
# A number of the service, which may be short; core/phone.py knows what numbers of people look like.
ServiceNumber = Annotated[str, Field(pattern=r"^\+?[0-9]{3,15}$")]
AccountId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{2,64}$")]
Port = Annotated[int, Field(ge=1, le=65535)]
Language = Literal["ar", "en"]
LogLevel = Literal["debug", "info", "warning", "error"]
