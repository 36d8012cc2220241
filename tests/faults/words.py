"""Recognises what the service says: which prompt a phone heard, and which secret number was in it.

The simulated callers know nothing but the sound: digits are read off the words, as a person would.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

SCRIPTS: Final = Path(__file__).parent.parent.parent / "ivr_scripts"
_PLACEHOLDER: Final = re.compile(r"\\\{(\w+)\\\}")
_WORD: Final = re.compile(r"[^\W_]+")

# Whoever has heard one of these has been told that we will call.
PROMISES: Final = frozenset(["confirm", "confirm_short", "goodbye_kept", "goodbye_urgent_kept", "urgent_stay"])
SECRET_SAID_IN: Final = frozenset(
    ["confirm", "confirm_short", "own_confirm", "own_unchanged", "urgent_stay", "goodbye_urgent_kept"]
)


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one script in Arabic, arranged for recognition."""

    patterns: tuple[tuple[str, "re.Pattern[str]"], ...]
    digits: tuple[str, ...]
    attempts: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, script: str) -> Self:
        """Read from ivr_scripts/."""
        texts, values = _toml(SCRIPTS / script / "ar.toml"), _toml(SCRIPTS / "values" / "ar.toml")
        patterns = tuple((name, _pattern(text["voice"])) for name, text in texts.items() if "voice" in text)
        return cls(patterns, tuple(values["digits"]), tuple(values["attempts"].items()))

    def heard(self, text: str) -> frozenset[str]:
        """The names of the prompts that stand in what was said."""
        return frozenset(name for name, pattern in self.patterns if pattern.search(text))

    def holds_only(self, text: str, names: Iterable[str]) -> bool:
        """Whether nothing was said but these prompts, whole."""
        rest = text
        for name, pattern in self.patterns:
            if name in names:
                rest = pattern.sub("", rest)
        return not rest.strip()

    def secret(self, text: str) -> str | None:
        """The secret number that was said, or None."""
        for name, pattern in self.patterns:
            found = pattern.search(text) if name in SECRET_SAID_IN else None
            if found is not None and "secret" in found.groupdict():
                return self._digits(found["secret"])
        return None

    def attempts_told(self, text: str) -> int | None:
        """How often she was told that we try, or None."""
        for name, pattern in self.patterns:
            found = pattern.search(text) if name == "confirm" else None
            if found is not None:
                return next((int(count) for count, words in self.attempts if words == found["attempts"]), None)
        return None

    def _digits(self, spoken: str) -> str | None:
        words = _WORD.findall(spoken)
        if not words or any(word not in self.digits for word in words):
            return None
        return "".join(str(self.digits.index(word)) for word in words)


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _pattern(text: str) -> "re.Pattern[str]":
    seen: set[str] = set()

    def group(found: "re.Match[str]") -> str:
        name = found[1]
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return f"(?P<{name}>.{{1,60}}?)"

    return re.compile(_PLACEHOLDER.sub(group, re.escape(text).replace(r"\ ", " ").replace(r"\_", "_")))
