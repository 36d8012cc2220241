"""An installation in a folder: settings and keys as after the README's first steps, and a copy of the scripts."""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from gateway import bootstrap
from gateway.cli.content import Files
from gateway.cli.ports import free_port
from gateway.storage import keyfiles


@dataclass(frozen=True, slots=True)
class Installation:
    """Its folder, the settings as they stand in the environment, and its content."""

    folder: Path
    environ: dict[str, str]
    files: Files

    @property
    def keys(self) -> Path:
        """The folder of key files."""
        return self.folder / "keys"


@pytest.fixture
def today() -> date:
    return bootstrap.utc_now().date()


@pytest.fixture
def installed(tmp_path: Path, today: date) -> Installation:
    keyfiles.initialise(tmp_path / "keys", today)
    shutil.copytree(bootstrap.SCRIPTS, tmp_path / "scripts", ignore=shutil.ignore_patterns("audio"))
    shutil.copy(bootstrap.DIRECTORY, tmp_path / "directory.toml")
    environ = {
        "PUBLIC_URL": "https://sanad.example.org",
        "TWILIO_ACCOUNT_SID": "AC1",
        "TWILIO_AUTH_TOKEN": "a-very-secret-token",
        "HOTLINE_NUMBER": "+9647300000100",
        "SUPERVISOR_NUMBER": "+9647515551261",
        "SANAD_KEYS": str(tmp_path / "keys"),
        "WEB_PORT": str(free_port(0)),
        "CONSOLE_PORT": str(free_port(0)),
    }
    return Installation(tmp_path, environ, Files(tmp_path / "scripts", tmp_path / "directory.toml"))
