"""The script files on disk, read into values. What is wrong with one is said at start, with the file and the place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gateway.core.directory import Directory, Numbers, numbers_at, parse_directory
from gateway.core.errors import BrokenScript
from gateway.core.keywords import Keywords
from gateway.core.keywordtable import parse_keywords
from gateway.core.script import Script
from gateway.core.scriptfile import ScriptFiles, parse_values, read_script
from gateway.core.wording import RECORDED, Wording

VALUES = "values"
FLOW = "flow.toml"
CALLERS, WORDS = "extortion", "keywords.toml"  # what callers write is understood by one table
FIRST_NAMES, SECOND_NAMES = "alias_first", "alias_second"


@dataclass(frozen=True, slots=True)
class Library:
    """All scripts with all their wordings. `aliases` are the codes of the two words that a case is called by."""

    scripts: Mapping[str, Script]
    all_wordings: Mapping[str, Mapping[str, Wording]]
    aliases: tuple[tuple[str, ...], tuple[str, ...]]
    keywords: Keywords

    def wordings(self, language: str) -> dict[str, Wording]:
        """The sentences of each script in one language. Raises `BrokenScript`."""
        missing = sorted(name for name, by_language in self.all_wordings.items() if language not in by_language)
        if missing:
            raise BrokenScript(
                f"{missing[0]}/{FLOW}: script: HOTLINE_LANGUAGE is '{language}', which is not in 'languages'."
            )
        return {name: by_language[language] for name, by_language in self.all_wordings.items()}


def load(folder: Path, directory: Path, *, today: date) -> Library:
    """Read every script below `folder`, with the numbers that may be spoken today. Raises `BrokenScript`."""
    numbers = numbers_at(load_directory(directory), today)
    read = {name: read_script(script_files(folder, name), numbers=numbers) for name in script_names(folder)}
    return Library(
        scripts={name: script for name, (script, _) in read.items()},
        all_wordings={name: wordings for name, (_, wordings) in read.items()},
        aliases=_aliases(folder),
        keywords=parse_keywords(_text(folder / CALLERS / WORDS), file=f"{CALLERS}/{WORDS}"),
    )


def load_directory(path: Path) -> Directory:
    """The directory of referral numbers. Raises `BrokenScript`."""
    return parse_directory(_text(path), file="config/directory.toml")


def load_one(folder: Path, name: str, *, numbers: Numbers) -> tuple[Script, dict[str, Wording]]:
    """One script with its wordings by language. Raises `BrokenScript`."""
    return read_script(script_files(folder, name), numbers=numbers)


def script_names(folder: Path) -> tuple[str, ...]:
    """The scripts that exist, by name."""
    return tuple(sorted(path.parent.name for path in folder.glob(f"*/{FLOW}")))


def script_files(folder: Path, name: str) -> ScriptFiles:
    """The texts of one script's files. Raises `BrokenScript`."""
    audio = folder / name / "audio"
    recordings = frozenset(path.relative_to(audio).as_posix() for path in audio.rglob("*") if path.suffix in RECORDED)
    return ScriptFiles(
        name=name,
        flow=_text(folder / name / FLOW),
        sentences={path.stem: _text(path) for path in (folder / name).glob("??.toml")},
        values={path.stem: _text(path) for path in (folder / VALUES).glob("??.toml")},
        recordings=recordings,
    )


def _aliases(folder: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    _, values = parse_values(_text(folder / VALUES / "ar.toml"), file=f"{VALUES}/ar.toml")
    for name in (FIRST_NAMES, SECOND_NAMES):
        if not values.get(name):
            raise BrokenScript(f"{VALUES}/ar.toml: value '{name}': it has no words; cases are called by them.")
    return tuple(values[FIRST_NAMES]), tuple(values[SECOND_NAMES])


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BrokenScript(f"{path.parent.name}/{path.name}: whole file: it is missing; put it back.") from None
    except UnicodeDecodeError:
        raise BrokenScript(f"{path.parent.name}/{path.name}: whole file: it is not UTF-8; save it as UTF-8.") from None
    except OSError as error:
        raise BrokenScript(
            f"{path.parent.name}/{path.name}: whole file: it cannot be read ({error.strerror})."
        ) from None
