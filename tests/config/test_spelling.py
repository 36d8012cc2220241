"""Names of variables: what looks like a setting of ours and is none."""

import pytest

from config.settings import SETTINGS_OF, variables
from config.spelling import misspelt


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("TWILLIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN"),
        ("TWILIO_AUTHTOKEN", "TWILIO_AUTH_TOKEN"),
        ("twilio_auth_token", "TWILIO_AUTH_TOKEN"),
        ("SUPERVISER_NUMBER", "SUPERVISOR_NUMBER"),
        ("REDIS_URI", "REDIS_URL"),
        ("RETENTION_HOUR", "RETENTION_HOURS"),
        ("PUBLIC_URL_FILE", "PUBLIC_URL"),
        ("SANAD_KEY", "SANAD_KEYS"),
        ("SANAD_COLOUR", None),
    ],
)
def test_a_name_that_looks_like_ours_is_told_with_what_may_be_meant(name: str, meant: str | None) -> None:
    assert misspelt([name, "PATH"]) == {name: meant}


def test_settings_and_what_any_machine_has_are_not_misspelt() -> None:
    ours = {name for model in SETTINGS_OF.values() for name in variables(model)}
    of_any_machine = {
        "PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TERM", "SHELL", "EDITOR", "PWD", "LOGNAME", "MAIL", "HOSTNAME",
        "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR", "VIRTUAL_ENV", "HTTPS_PROXY", "NO_PROXY", "INVOCATION_ID", "JOURNAL_STREAM",
        "DISPLAY", "COLORTERM", "PYTHONPATH", "DATABASE_URL", "PORT", "TMPDIR",
    }  # fmt: skip

    assert misspelt(ours | of_any_machine) == {}
