"""What a check says: all is well with something, somebody should look at it, or it must be mended."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import click

from gateway.core.findings import Finding, Severity


class Mark(StrEnum):
    """How it stands. What must be mended makes a command end with exit code 1."""

    WELL = "ok"
    LOOK = "look"
    MEND = "mend"


@dataclass(frozen=True, slots=True)
class Remark:
    """One line: what it is about, and what is to be said of it, with the mend."""

    mark: Mark
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.mark:<5} {self.where}: {self.text}"


def well(where: str, text: str) -> Remark:
    """Nothing to do."""
    return Remark(Mark.WELL, where, text)


def look(where: str, text: str) -> Remark:
    """Somebody should look at it; the hotline works all the same."""
    return Remark(Mark.LOOK, where, text)


def mend(where: str, text: str) -> Remark:
    """It keeps the hotline from working, or breaks a promise."""
    return Remark(Mark.MEND, where, text)


def of_finding(finding: Finding) -> Remark:
    """A finding of the content as a remark."""
    mark = Mark.MEND if finding.severity is Severity.ERROR else Mark.LOOK
    return Remark(mark, f"{finding.file}: {finding.place}", finding.advice)


def tell(remarks: Iterable[Remark]) -> int:
    """Write remarks, each once, as they are found; the exit code: 1 if something must be mended."""
    told: dict[Remark, None] = {}
    for remark in remarks:
        if remark not in told:
            told[remark] = None
            click.echo(str(remark))
    return 1 if any(remark.mark is Mark.MEND for remark in told) else 0
