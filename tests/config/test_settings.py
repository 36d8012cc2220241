"""Settings: what is refused, in which words, and who may see what."""

import re
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st
from pydantic import SecretStr

from config.kinds import DayPart
from config.settings import (
    PLACEHOLDERS,
    SETTINGS_OF,
    BrokenSettings,
    ClockSettings,
    DiallerSettings,
    WebSettings,
    environment_for,
    read,
    variables,
)

STORE = {"REDIS_URL": "unix:///run/sanad/store.sock"}
DIALLER = {
    **STORE,
    "PUBLIC_URL": "https://sanad.example.org",
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "a-very-secret-token",
    "HOTLINE_NUMBER": "+15005550100",
}


def test_rules_have_defaults_and_a_store_is_all_they_need() -> None:
    settings = read(ClockSettings, STORE)

    assert settings.evening == DayPart(time(18), time(21))
    assert settings.timezone.key == "Asia/Baghdad"
    assert settings.callback_regions == ("IQ",)


def test_what_stands_in_the_environment_holds() -> None:
    settings = read(
        DiallerSettings, {**DIALLER, "MORNING": "08:30-11:00", "CALLBACK_REGIONS": "IQ, TR", "CALLS_PER_SECOND": "2.5"}
    )

    assert settings.morning == DayPart(time(8, 30), time(11))
    assert settings.callback_regions == ("IQ", "TR")
    assert settings.calls_per_second == 2.5


def test_all_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(BrokenSettings) as refusal:
        read(WebSettings, {})

    assert {variable for variable, _ in refusal.value.problems} == {
        "REDIS_URL",
        "PUBLIC_URL",
        "TWILIO_AUTH_TOKEN",
        "HOTLINE_NUMBER",
    }
    assert "PUBLIC_URL: is missing; give the https address" in refusal.value.advice


def test_no_setting_has_the_name_of_a_variable_that_a_desktop_sets() -> None:
    ours = {name for model in SETTINGS_OF.values() for name in variables(model)}

    assert not ours & {"LANGUAGE", "LANG", "USER", "LOGNAME", "HOSTNAME", "DISPLAY", "SHELL", "EDITOR", "PAGER", "TERM"}


def test_a_blank_variable_counts_as_absent() -> None:
    settings = read(DiallerSettings, {**DIALLER, "TWILIO_API_BASE": " ", "STAFF_NUMBER": ""})

    assert settings.twilio_api_base == "https://api.twilio.com"
    assert settings.staff_number is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PUBLIC_URL", "http://sanad.example.org"),
        ("PUBLIC_URL", "https://sanad.example.org/path"),
        ("PUBLIC_URL", "https://sanad.example.org?x=1"),
        ("PUBLIC_URL", "https://sanad.example.org\n.evil.org"),
        ("PUBLIC_URL", "https://user:password@sanad.example.org"),
        ("PUBLIC_URL", "sanad.example.org"),
        ("TWILIO_API_BASE", "ftp://api.example.org"),
        ("TWILIO_ACCOUNT_SID", "AC 1"),
        ("HOTLINE_NUMBER", "0750-000"),
        ("HOTLINE_NUMBER", "07700000000"),
        ("HOTLINE_NUMBER", "009647700000000"),
        ("STAFF_NUMBER", "٠٧٥٠"),
        ("STAFF_NUMBER", "+15005550100"),
        ("STAFF_NUMBER", "15005550100"),
        ("SUPERVISOR_NUMBER", "07701234567"),
        ("SUPERVISOR_NUMBER", "+964770123456"),
        ("SUPERVISOR_NUMBER", "+964 770 123 4567"),
        ("SUPERVISOR_NUMBER", "+٩٦٤٧٧٠١٢٣٤٥٦٧"),
        ("SUPERVISOR_NUMBER", "+9647701234567x1"),
        ("SUPERVISOR_NUMBER", "the one of Amal"),
        ("SUPERVISOR_NUMBER", "911"),
        ("REDIS_URL", "http://127.0.0.1"),
        ("CALLS_PER_SECOND", "0"),
        ("CALLS_PER_SECOND", "nan"),
        ("HOTLINE_LANGUAGE", "klingon"),
        ("CALLBACK_REGIONS", "iraq"),
        ("CALLBACK_REGIONS", "XX"),
        ("CALLBACK_REGIONS", "IQ,"),
        ("SECRET_DIGITS", "4"),
        ("TIMEZONE", "Mars/Olympus"),
        ("TIMEZONE", "../../etc/passwd"),
        ("MORNING", "9-12"),
        ("AFTERNOON", "25:00-26:00"),
        ("EVENING", "21:00-18:00"),
        ("NOW_HOURS", "many"),
        ("OFFER_RING_SECONDS", "600"),
        ("CALLER_RING_SECONDS", "1e9"),
        ("RETENTION_HOURS", "169"),
        ("RETENTION_HOURS", "23"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_broken_value_is_refused_by_its_name_and_never_repeated(variable: str, value: str) -> None:
    with pytest.raises(BrokenSettings) as refusal:
        read(DiallerSettings, {**DIALLER, variable: value})

    wanted = DiallerSettings.model_fields[variable.lower()].description
    assert str(refusal.value) == f"{variable}: cannot be used; give {wanted}"
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize("variable", ["KANNEL_SECRET", "USSD_SECRET"])
@pytest.mark.parametrize("value", ["short", "fifteen-letters", "with/a/slash/in/it", "with blanks in between it"])
def test_a_secret_in_an_address_is_refused_if_it_can_be_guessed_or_cannot_stand_there(
    variable: str, value: str
) -> None:
    with pytest.raises(BrokenSettings) as refusal:
        read(WebSettings, {**DIALLER, variable: value})

    assert str(refusal.value).startswith(f"{variable}: cannot be used; give the secret ")
    assert value not in str(refusal.value)


def test_the_supervisor_is_never_rung_at_a_number_of_the_service() -> None:
    ours = {**DIALLER, "HOTLINE_NUMBER": "+9647300000100", "STAFF_NUMBER": "+9647300000101"}

    for number in (ours["HOTLINE_NUMBER"], ours["STAFF_NUMBER"]):
        with pytest.raises(BrokenSettings, match="SUPERVISOR_NUMBER: cannot be used"):
            read(DiallerSettings, {**ours, "SUPERVISOR_NUMBER": number})


def test_a_supervisor_can_be_anywhere(tmp_path: Path) -> None:
    (tmp_path / "number").write_text("+4915112345678\n")

    settings = read(DiallerSettings, {**DIALLER, "SUPERVISOR_NUMBER_FILE": str(tmp_path / "number")})

    assert settings.supervisor_number == SecretStr("+4915112345678")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8080/", "http://localhost:8080", "https://sanad.example.org:8443"]
)
def test_plain_http_is_for_this_machine_only_and_a_last_slash_is_dropped(address: str) -> None:
    settings = read(DiallerSettings, {**DIALLER, "PUBLIC_URL": address})

    assert settings.public_url == address.removesuffix("/")


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n")
    environ = {name: value for name, value in DIALLER.items() if name != "TWILIO_AUTH_TOKEN"}

    settings = read(DiallerSettings, {**environ, "TWILIO_AUTH_TOKEN_FILE": str(tmp_path / "token")})

    assert settings.twilio_auth_token == SecretStr("from-a-file")


def test_a_secret_given_twice_is_refused_and_a_file_that_cannot_be_read_too(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file")

    with pytest.raises(BrokenSettings, match="keep one of the two"):
        read(DiallerSettings, {**DIALLER, "TWILIO_AUTH_TOKEN_FILE": str(tmp_path / "token")})
    with pytest.raises(BrokenSettings, match="cannot be read"):
        read(DiallerSettings, {**DIALLER, "TWILIO_AUTH_TOKEN": "", "TWILIO_AUTH_TOKEN_FILE": str(tmp_path / "none")})


def test_settings_never_change_and_never_show_a_secret() -> None:
    settings = read(DiallerSettings, {**DIALLER, "REDIS_URL": "redis://dialler:store-password@127.0.0.1"})

    shown = f"{settings!r} {settings}"

    assert "a-very-secret-token" not in shown
    assert "store-password" not in shown
    with pytest.raises(ValueError, match="frozen"):
        settings.secret_digits = 3


EVERYTHING = {
    **{name: "x" for model in SETTINGS_OF.values() for name in variables(model)},
    "PATH": "/usr/bin",
    "HOME": "/home/sanad",
    "PYTHONPATH": ".",
    "HTTPS_PROXY": "http://proxy.example.org",
    "SOMEBODY_ELSES_TOKEN": "x",
}


@pytest.mark.parametrize(
    ("process", "provider"),
    [
        ("web", {"TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN_FILE"}),
        ("console", set()),
        ("worker", set()),
        ("clock", set()),
        (
            "dialler",
            {"TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN_FILE", "TWILIO_API_BASE", "HTTPS_PROXY"},
        ),
    ],
)
def test_only_the_dialler_sees_what_it_takes_to_call(process: str, provider: set[str]) -> None:
    seen = environment_for(process, EVERYTHING)

    assert {name for name in seen if name.startswith("TWILIO") or "PROXY" in name} == provider
    assert {"PATH", "HOME", "PYTHONPATH", "REDIS_URL"} <= seen.keys()
    assert "SOMEBODY_ELSES_TOKEN" not in seen


@pytest.mark.parametrize("process", ["worker", "clock"])
def test_worker_and_clock_see_no_keys_and_no_number(process: str) -> None:
    seen = environment_for(process, EVERYTHING)

    assert seen.keys().isdisjoint({"SANAD_KEYS", "HOTLINE_NUMBER", "STAFF_NUMBER", "PUBLIC_URL"})


def test_an_unknown_process_gets_no_environment_at_all() -> None:
    with pytest.raises(KeyError):
        environment_for("stranger", EVERYTHING)


def test_the_example_lists_every_setting_and_nothing_else(project: Path) -> None:
    example = (project / "config" / "example.env").read_text(encoding="utf-8")

    listed = re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)

    assert sorted(listed) == sorted({name for model in SETTINGS_OF.values() for name in variables(model)})


def test_what_the_example_puts_where_something_must_stand_is_refused_by_name(project: Path) -> None:
    example = (project / "config" / "example.env").read_text(encoding="utf-8")
    written = dict(re.findall(r"^([A-Z_]+)=(.+)$", example, re.MULTILINE))

    with pytest.raises(BrokenSettings) as refusal:
        read(DiallerSettings, {**STORE, **written})

    assert written == dict(PLACEHOLDERS)
    assert {variable for variable, _ in refusal.value.problems} == set(PLACEHOLDERS)
    assert all(mend.startswith("is still the example's; give ") for _, mend in refusal.value.problems)


def test_a_placeholder_is_known_in_a_file_and_with_a_stroke_at_its_end(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(PLACEHOLDERS["TWILIO_AUTH_TOKEN"] + "\n")
    others = {name: value for name, value in DIALLER.items() if name != "TWILIO_AUTH_TOKEN"}
    untouched = {"PUBLIC_URL": PLACEHOLDERS["PUBLIC_URL"] + "/", "TWILIO_AUTH_TOKEN_FILE": str(tmp_path / "token")}

    with pytest.raises(BrokenSettings) as refusal:
        read(DiallerSettings, {**others, **untouched})

    assert {variable for variable, _ in refusal.value.problems} == {"PUBLIC_URL", "TWILIO_AUTH_TOKEN"}


def test_the_example_shows_the_defaults_and_can_be_used(project: Path) -> None:
    example = (project / "config" / "example.env").read_text(encoding="utf-8")
    written = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE))
    shown = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", example, re.MULTILINE))

    plain, spelled_out = ({**STORE, **written, **DIALLER}, {**written, **shown, **DIALLER})

    for model in SETTINGS_OF.values():
        assert read(model, plain) == read(model, spelled_out)


# What anybody may type into any variable; the marks keep it from standing in an advice by chance.
NONSENSE = st.builds(
    "§{}§".format,
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60),
        st.from_regex(r"\+?[0-9]{0,15}", fullmatch=True),
        st.sampled_from(
            ["", "-1", "1e400", "nan", "true", "None", "{}", "../../etc/passwd", "redis://", "00:00-00:00"]
        ),
    ),
)
FREE_TEXT = {
    "TWILIO_AUTH_TOKEN",
    "SANAD_KEYS",
    "USSD_AGGREGATORS",
}  # a token has no shape; files are looked for at start


@pytest.mark.parametrize(
    ("process", "variable"), [(process, name) for process, model in SETTINGS_OF.items() for name in variables(model)]
)
@how(max_examples=10, deadline=None)
@given(nonsense=NONSENSE)
def test_nonsense_in_any_variable_is_refused_by_its_name_with_the_mend_and_never_repeated(
    process: str, variable: str, nonsense: str
) -> None:
    model, name = SETTINGS_OF[process], variable.removesuffix("_FILE")
    environ = {known: value for known, value in DIALLER.items() if known != name}

    if variable in FREE_TEXT:
        assert getattr(read(model, {**environ, variable: nonsense}), variable.lower()) is not None
        return
    with pytest.raises(BrokenSettings) as refusal:
        read(model, {**environ, variable: nonsense})

    assert [wrong for wrong, _ in refusal.value.problems] == [name]
    assert re.search(r"give \w|mend its path", refusal.value.advice)
    assert nonsense not in refusal.value.advice
    assert refusal.value.__context__ is None or refusal.value.__suppress_context__


def test_every_setting_says_what_it_wants() -> None:
    silent = [
        name for model in SETTINGS_OF.values() for name, field in model.model_fields.items() if not field.description
    ]

    assert silent == []
