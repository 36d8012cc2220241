"""What can be set from outside, and which process may know it.

One model per process, each with only what that process needs; all are read from the environment by `read`. A secret
may stand in a file instead, named by `NAME_FILE`. No message here repeats a value: settings hold secrets, and errors
end in logs.
`config/example.env` lists every variable; a test keeps the two equal.
"""

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, TypeVar, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, ValidationInfo, field_validator

from config.kinds import (
    AccountId,
    AddressSecret,
    Dates,
    DayPart,
    Language,
    LogLevel,
    Origin,
    PartOfDay,
    PersonsNumber,
    Port,
    Regions,
    SendsmsUser,
    ServiceNumber,
    StoreAddress,
    Weekdays,
    Zone,
)


class BrokenSettings(Exception):
    """Variables that are missing or cannot be used. `problems`: each with its fault and the mend, never a value."""

    code: ClassVar[str] = "broken_settings"
    retryable: ClassVar[bool] = False

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        self.problems = problems
        self.advice = "\n".join(f"{variable}: {mend}" for variable, mend in problems)
        super().__init__(self.advice)


# The description of a field is the mend: it is what a person reads when the variable is missing or wrong.
_PUBLIC = "the https address that the provider reaches web under, without a path"
_TOKEN = "the account's auth token; the provider signs its webhooks with it"
_HOTLINE = "the number that callers dial and that our calls show: + and digits"
_STAFF = "the number that responders dial, + and digits, another one than HOTLINE_NUMBER; or nothing"
_SUPERVISOR = (
    "the supervisor's own number, + with the country's code and digits, that is rung when nobody takes a case;"
    " or nothing"
)
_KANNEL = (
    "the secret that Kannel's get-url carries, 16 or more letters, digits, - and _; without it /kannel/sms stays shut"
)
_SENDSMS = "the address of Kannel's sendsms, ending in /cgi-bin/sendsms, to text responders by it and not by Twilio"
_SENDSMS_USER = "the username of Kannel's group sendsms-user: letters, digits, - and _"
_SENDSMS_PASSWORD = "the password of Kannel's group sendsms-user, 16 or more letters, digits, - and _"
_USSD = (
    "the secret in the address that the USSD gateway is given, 16 or more letters, digits, - and _; without it USSD"
    " stays shut"
)
_AGGREGATORS = "a TOML file that describes the fields of further USSD gateways; or nothing"
_KEYS = "the folder of key files"
_OPENING = (
    "hours of one day, like 08:00-22:00 or 00:00-24:00, that at least half an hour of MORNING, of AFTERNOON and of"
    " EVENING lies in"
)
_DATES = "days like 2026-12-25, commas between; with CLOSED_WEEKDAYS they may close at most 13 days in a row"

_RETENTION = (
    "how long a number is held at most: 24 to 168 hours, so that every choice of hours comes once before it ends"
)

_OPEN_AT_LEAST = timedelta(minutes=30)  # of every part of the day that callers may choose
_CLOSED_AT_MOST = 13  # days in a row; gateway.core.windows looks 14 days ahead


class _Settings(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
        alias_generator=str.upper,
        validate_default=True,
    )


class StoreSettings(_Settings):
    """What every process knows: where the store is, and how much to say."""

    redis_url: StoreAddress = Field(
        description="a redis://, rediss:// or unix:// address; `sanad up` fills it in for the embedded store"
    )
    log_level: LogLevel = Field("info", description="one of debug, info, warning, error")


class RuleSettings(StoreSettings):
    """The hotline's own rules. No secret among them; several processes apply them."""

    hotline_language: Language = Field("ar", description="the language that calls begin in: ar or en")
    callback_regions: Regions = Field(
        ("IQ",), description="countries whose numbers we call back: two capital letters each, commas between, like IQ"
    )
    secret_digits: int = Field(2, ge=2, le=3, description="how many digits a caller's secret number has: 2 or 3")
    timezone: Zone = Field(ZoneInfo("Asia/Baghdad"), description="the hotline's time zone, like Asia/Baghdad")
    morning: PartOfDay = Field(DayPart(time(9), time(12)), description="hours of one day, like 09:00-12:00")
    afternoon: PartOfDay = Field(DayPart(time(15), time(18)), description="hours of one day, like 15:00-18:00")
    evening: PartOfDay = Field(DayPart(time(18), time(21)), description="hours of one day, like 18:00-21:00")
    opening_hours: PartOfDay = Field(DayPart(time(0), time(0)), description=_OPENING)
    closed_weekdays: Weekdays = Field(
        frozenset(), description="days of the week like fri,sat, and not all seven; or nothing"
    )
    closed_on_holidays: bool = Field(False, description="yes or no: whether nobody is rung on Iraq's public holidays")
    closed_dates: Dates = Field(frozenset(), description=_DATES)
    now_hours: int = Field(2, ge=1, le=12, description="how many hours the answer “now” stays safe: 1 to 12")
    offer_ring_seconds: int = Field(25, ge=5, le=60, description="how long a responder's phone rings: 5 to 60 seconds")
    caller_ring_seconds: int = Field(25, ge=5, le=60, description="how long a caller's phone rings: 5 to 60 seconds")
    urgent_hold_seconds: int = Field(60, ge=5, le=300, description="how long an urgent caller waits: 5 to 300 seconds")
    retention_hours: int = Field(72, ge=24, le=168, description=_RETENTION)

    @field_validator("opening_hours")
    @classmethod
    def _leaves_every_choice_open(cls, opening: DayPart, others: ValidationInfo) -> DayPart:
        parts = [others.data[name] for name in ("morning", "afternoon", "evening") if name in others.data]
        if any(opening.shared_with(part) < _OPEN_AT_LEAST for part in parts):
            raise ValueError
        return opening

    @field_validator("closed_dates")
    @classmethod
    def _opens_again(cls, dates: frozenset[date], others: ValidationInfo) -> frozenset[date]:
        weekdays = others.data.get("closed_weekdays", frozenset())
        for first in (day - timedelta(days=before) for day in dates for before in range(7)):
            days = (first + timedelta(days=passed) for passed in range(_CLOSED_AT_MOST + 1))
            if all(day in dates or day.weekday() in weekdays for day in days):
                raise ValueError
        return dates


class _LineSettings(RuleSettings):
    """The service's own numbers, and where it stands."""

    public_url: Origin = Field(description=_PUBLIC)
    twilio_auth_token: SecretStr = Field(description=_TOKEN)
    hotline_number: ServiceNumber = Field(description=_HOTLINE)
    staff_number: ServiceNumber | None = Field(None, description=_STAFF)

    @field_validator("staff_number")
    @classmethod
    def _is_another(cls, number: str | None, others: ValidationInfo) -> str | None:
        """One number for both would greet every caller as a responder."""
        if number is not None and _digits(number) == _digits(others.data.get("hotline_number", "")):
            raise ValueError
        return number


class WebSettings(_LineSettings):
    """The webhooks' face. Of the provider it knows only the secret that webhooks are signed with."""

    sanad_keys: Path = Field(Path("var/keys"), description=_KEYS)
    kannel_secret: AddressSecret | None = Field(None, description=_KANNEL)
    ussd_secret: AddressSecret | None = Field(None, description=_USSD)
    ussd_aggregators: Path | None = Field(None, description=_AGGREGATORS)
    web_port: Port = Field(8080, description="a free port, 1 to 65535")


class DiallerSettings(_LineSettings):
    """The one process that calls: it alone holds the provider's credentials."""

    twilio_account_sid: AccountId = Field(description="the account's id at the provider: letters, digits, - and _")
    twilio_api_base: Origin = Field(
        "https://api.twilio.com",
        description="the https address of Twilio, or of a switch that speaks as it does, without a path",
    )
    sanad_keys: Path = Field(Path("var/keys"), description=_KEYS)
    supervisor_number: PersonsNumber | None = Field(None, description=_SUPERVISOR)
    kannel_sendsms_url: str | None = Field(None, pattern=r"^https?://\S+$", description=_SENDSMS)
    kannel_username: SendsmsUser | None = Field(None, description=_SENDSMS_USER)
    kannel_password: AddressSecret | None = Field(None, description=_SENDSMS_PASSWORD)
    kannel_secret: AddressSecret | None = Field(None, description=_KANNEL)
    calls_per_second: float = Field(1.0, gt=0, le=100, description="calls begun per second at most: above 0, up to 100")

    @field_validator("supervisor_number")
    @classmethod
    def _is_nobodys_else(cls, number: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        """The service would ring itself."""
        ours = {_digits(others.data.get(name) or "") for name in ("hotline_number", "staff_number")}
        if number is not None and _digits(number.get_secret_value()) in ours:
            raise ValueError
        return number


class WorkerSettings(RuleSettings):
    """The matching rules, and no secret."""


class ClockSettings(RuleSettings):
    """The rules that the sweep applies, and no secret."""


class ConsoleSettings(StoreSettings):
    """The staff's face, on a port of its own; no credential of the provider."""

    sanad_keys: Path = Field(Path("var/keys"), description=_KEYS)
    console_port: Port = Field(8081, description="a free port, 1 to 65535")


def _digits(number: str) -> str:
    return number.removeprefix("+")


# Every process of the Procfile, and with its model the only variables of ours that it is given.
SETTINGS_OF: Mapping[str, type[_Settings]] = MappingProxyType(
    {
        "web": WebSettings,
        "console": ConsoleSettings,
        "worker": WorkerSettings,
        "dialler": DiallerSettings,
        "clock": ClockSettings,
    }
)

# What stands in example.env where nothing else can: a hotline that is started on it would answer nobody.
PLACEHOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "PUBLIC_URL": "https://hotline.example.org",
        "TWILIO_ACCOUNT_SID": "ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "TWILIO_AUTH_TOKEN": "put-the-auth-token-here",
        "HOTLINE_NUMBER": "+15005550006",
    }
)

# What any program needs to run at all. Nothing else is inherited.
_COMMON = re.compile(r"PATH|HOME|USER|LANG|LC_\w+|TZ|TMPDIR|TERM|VIRTUAL_ENV|PYTHON\w+")
# What only the process that speaks to the provider needs: the way out, and whom to trust there.
_WAY_OUT = re.compile(r"(?i:https?_proxy|no_proxy|all_proxy)|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE")

AnySettings = TypeVar("AnySettings", bound=_Settings)


def variables(model: type[BaseModel]) -> tuple[str, ...]:
    """The names that a model reads from the environment, `NAME_FILE` of each secret included."""
    names = []
    for name, field in model.model_fields.items():
        names += [name.upper(), *([f"{name.upper()}_FILE"] if _is_secret(field.annotation) else [])]
    return tuple(names)


def _is_secret(annotation: object) -> bool:
    return annotation is SecretStr or any(_is_secret(part) for part in get_args(annotation))


def environment_for(process: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The part of an environment that a process of the Procfile may see. Raises `KeyError` for an unknown process."""
    ours = frozenset(variables(SETTINGS_OF[process]))
    return {
        name: value
        for name, value in environ.items()
        if name in ours or _COMMON.fullmatch(name) or (process == "dialler" and _WAY_OUT.fullmatch(name))
    }


def read(model: type[AnySettings], environ: Mapping[str, str]) -> AnySettings:
    """Read one process' settings; a blank variable counts as absent. Raises `BrokenSettings`, all problems at once."""
    values, problems = _gather(model, environ)
    try:
        settings = model.model_validate(values)
    except ValidationError as error:
        unread = {variable for variable, _ in problems}
        problems += [
            _problem(model, name, fault["type"])
            for fault in error.errors()
            if (name := str(fault["loc"][0]).upper()) not in unread  # a broken default is told by its field's name
        ]
        raise BrokenSettings(tuple(dict.fromkeys(problems))) from None  # pydantic's own error would carry the values
    if problems:
        raise BrokenSettings(tuple(problems))
    return settings


def _gather(model: type[BaseModel], environ: Mapping[str, str]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    values: dict[str, str] = {}
    problems: list[tuple[str, str]] = []
    for variable in variables(model):
        text = environ.get(variable, "").strip()
        if not text:
            continue
        name = variable.removesuffix("_FILE")
        if name == variable:
            values[name] = text
        elif name in values:
            problems.append((variable, f"{name} is given as well; keep one of the two"))
        else:
            try:
                values[name] = Path(text).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError, ValueError):
                problems.append((name, f"the file that {variable} names cannot be read; mend its path or its rights"))
    problems += [
        (name, f"is still the example's; give {model.model_fields[name.lower()].description}")
        for name, value in values.items()
        if value.rstrip("/") == PLACEHOLDERS.get(name)
    ]
    return values, problems


def _problem(model: type[BaseModel], variable: str, kind: str) -> tuple[str, str]:
    wanted = model.model_fields[variable.lower()].description
    return variable, f"{'is missing' if kind == 'missing' else 'cannot be used'}; give {wanted}"
