"""Commands beside the running processes: without a store each says so, in the same words, and how to have one."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli.main import sanad
from gateway.core.errors import StoreUnavailable

SENTENCE = "No store runs here: `sanad up` starts one, or REDIS_URL names one."


@pytest.mark.parametrize(
    "words",
    [
        "responders list",
        "responders on Amal",
        "responders off Amal",
        "responders add Amal --woman",
        "responders change Amal --load 2",
        "responders shifts Amal",
        "responders remove Amal",
        "report",
        "keys rotate",
        "doctor --leaks numbers.txt",
        "doctor --records-gone",
    ],
)
def test_without_a_store_a_command_says_how_to_have_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    (tmp_path / "numbers.txt").write_text("+9647701234567\n")
    monkeypatch.chdir(tmp_path)

    refused = CliRunner().invoke(sanad, words.split(), env={"REDIS_URL": None, "REDIS_URL_FILE": None})

    assert isinstance(refused.exception, StoreUnavailable)
    assert refused.exception.advice == SENTENCE
