"""Everything that is said, asked whether it can be said: scripts, sentences, keywords, numbers, USSD gateways."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from config.settings import BrokenSettings, WebSettings, read
from gateway import bootstrap
from gateway.cli.remarks import Remark, mend, of_finding, well
from gateway.core.directory import check_directory
from gateway.core.errors import SanadError
from gateway.core.findings import Finding, Severity, error
from gateway.core.keywordtable import check_keywords
from gateway.core.scriptcheck import check_script
from gateway.core.transcript import parse_transcript, replay
from gateway.providers.registry import field_maps, ussd_wires
from gateway.services.effects import OUTCOMES
from gateway.services.switchboard import SCRIPTS
from gateway.storage import library


@dataclass(frozen=True, slots=True)
class Files:
    """Where the content lies."""

    scripts: Path = bootstrap.SCRIPTS
    directory: Path = bootstrap.DIRECTORY

    def load(self, today: date) -> library.Library:
        """All of it, as it is said on this day. Raises `BrokenScript`."""
        return library.load(self.scripts, self.directory, today=today)


OURS = Files()


def findings(today: date, files: Files = OURS) -> list[Finding]:
    """All that is wrong with scripts, sentences and keywords. Raises `BrokenScript` if one cannot be read."""
    loaded = files.load(today)
    words = files.scripts / library.CALLERS / library.WORDS
    missing = [name for name in SCRIPTS if name not in loaded.scripts]
    return [
        *(error(f"{name}/{library.FLOW}", "whole file", "it is missing; put it back.") for name in missing),
        *(
            found
            for name, script in loaded.scripts.items()
            for found in check_script(script, loaded.all_wordings[name], effects=OUTCOMES.get(name))
        ),
        *check_keywords(words.read_text(encoding="utf-8"), file=f"{library.CALLERS}/{library.WORDS}"),
    ]


def stale_numbers(today: date, files: Files = OURS) -> list[Finding]:
    """Numbers that nobody has tried lately. Raises `BrokenScript`."""
    return check_directory(library.load_directory(files.directory), today)


def differences(today: date, files: Files = OURS) -> Iterator[Finding]:
    """Where a transcript is not what its script says."""
    loaded = files.load(today)
    for path in sorted(files.scripts.glob("*/transcripts/*.txt")):
        name = path.parent.parent.name
        file = f"{name}/transcripts/{path.name}"
        transcript = parse_transcript(path.read_text(encoding="utf-8"), file=file)
        for found in replay(
            loaded.scripts[name],
            transcript,
            now=bootstrap.utc_now(),
            wordings=loaded.all_wordings[name],
            keywords=loaded.keywords,
        ):
            yield error(file, f"line {found.line}", f"it says '{found.written}'; it is '{found.found}'.")


def content(environ: Mapping[str, str], files: Files = OURS) -> Iterator[Remark]:
    """The files, and what the settings ask of them. Warnings of scripts are for whoever writes them."""
    today = bootstrap.utc_now().date()
    yield from _told(
        lambda: [of_finding(found) for found in findings(today, files) if found.severity is Severity.ERROR]
    )
    yield from _told(lambda: map(of_finding, stale_numbers(today, files)))
    yield from _told(lambda: _asked_for(environ, files.load(today)))


def _told(check: Callable[[], Iterable[Remark]]) -> Iterator[Remark]:
    """What a check finds; what it cannot read at all is a finding, too."""
    try:
        yield from check()
    except SanadError as broken:
        file, place, text = [*broken.advice.split(": ", 2), "", ""][:3]
        yield mend(f"{file}: {place}", text) if text else mend(broken.code, broken.advice)


def _asked_for(environ: Mapping[str, str], loaded: library.Library) -> Iterator[Remark]:
    try:
        settings = read(WebSettings, environ)
    except BrokenSettings:
        return  # said by the check of the settings
    loaded.wordings(settings.hotline_language)
    ussd_wires(field_maps(settings.ussd_aggregators))
    yield well("scripts", f"they can be said, in {settings.hotline_language} first; `sanad scripts check` says more")
