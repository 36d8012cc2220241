"""What files look like: size, emptiness, language; and locks that say what, never where from."""

import ast
import re
import tomllib
import unicodedata

import pytest

from tests.house.plan import PROJECT, TOP, modules, python_files

LOCKS = ("requirements.lock", "config/bootstrap.lock")
# Tables of letters that mean the same are code. Everything that a person hears or reads is in ivr_scripts/.
LETTER_TABLES = {"gateway.core.text"}


def is_arabic_letter(character: str) -> bool:
    return unicodedata.bidirectional(character) == "AL" and unicodedata.category(character).startswith("L")


def test_no_file_grows_beyond_what_one_can_read() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in python_files(*TOP, "tests")}

    too_long = {str(path.relative_to(PROJECT)): length for path, length in lengths.items() if length > 400}

    assert too_long == {}


def test_package_files_are_empty() -> None:
    filled = [
        str(path.relative_to(PROJECT))
        for path in python_files(*TOP, "tests")
        if path.name == "__init__.py" and path.read_text("utf-8").strip()
    ]

    assert filled == []


def test_what_people_hear_is_not_written_in_code() -> None:
    texts = {
        (module.name, node.value)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and module.name not in LETTER_TABLES
    }

    speaking = {name for name, text in texts if any(is_arabic_letter(character) for character in text)}

    assert speaking == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_versions_and_hashes_and_no_address(lock: str) -> None:
    text = (PROJECT / lock).read_text("utf-8")

    lines = text.splitlines()

    assert all(
        re.match(r"[a-z0-9-]+==\S+( ; [^\\]+)? \\$|    --hash=sha256:[0-9a-f]{64}( \\)?$", line) for line in lines
    )
    assert not re.search(r"://|file:| @ |--index|--find-links|^-", text, re.MULTILINE)


def test_everything_that_is_asked_for_is_locked() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {
        re.split(r"[\[><=~!; ]", line)[0]
        for line in [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    }

    locked = set(re.findall(r"^([a-z0-9-]+)==", (PROJECT / "requirements.lock").read_text("utf-8"), re.MULTILINE))

    assert asked - locked == set()


@pytest.mark.parametrize("name", ["uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock", "package-lock.json"])
def test_there_is_no_lock_of_a_kind_that_keeps_addresses(name: str) -> None:
    assert not (PROJECT / name).exists()
