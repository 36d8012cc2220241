"""What a check of the content found: which file, where in it, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error is refused; a warning is told."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `file` as in `extortion/flow.toml`; `place` names the node, the sentence or the entry."""

    severity: Severity
    file: str
    place: str
    advice: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.file}: {self.place}: {self.advice}"


def error(file: str, place: str, advice: str) -> Finding:
    """A finding that makes the content unusable."""
    return Finding(Severity.ERROR, file, place, advice)


def warning(file: str, place: str, advice: str) -> Finding:
    """A finding that somebody should look at."""
    return Finding(Severity.WARNING, file, place, advice)
