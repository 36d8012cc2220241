"""`sanad scripts check|draw|play` and `sanad directory check`: for those who write the conversations."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from gateway import bootstrap
from gateway.core.conversation import Channel
from gateway.core.directory import check_directory
from gateway.core.drawing import draw as drawn
from gateway.core.findings import Finding, Severity, error
from gateway.core.keywordtable import check_keywords
from gateway.core.player import play as played
from gateway.core.script import Script
from gateway.core.scriptcheck import check_script
from gateway.core.transcript import parse_transcript, replay
from gateway.storage import library


@click.group()
def scripts() -> None:
    """The conversations: check them, draw them, talk to them."""


@click.group()
def directory() -> None:
    """The numbers that callers are told."""


@directory.command(name="check")
def check_numbers() -> None:
    """Say which numbers nobody has tried lately. They are not spoken until somebody does."""
    _report(check_directory(library.load_directory(bootstrap.DIRECTORY), bootstrap.utc_now().date()))


@scripts.command()
def check() -> None:
    """Refuse what would leave a caller without words, without a way out, or with a text that does not fit."""
    today = bootstrap.utc_now().date()
    loaded = library.load(bootstrap.SCRIPTS, bootstrap.DIRECTORY, today=today)
    findings = [
        finding
        for name, script in loaded.scripts.items()
        for finding in (*check_script(script, loaded.all_wordings[name]), *_differences(name, loaded))
    ]
    words = bootstrap.SCRIPTS / library.CALLERS / library.WORDS
    findings += check_keywords(words.read_text(encoding="utf-8"), file=f"{library.CALLERS}/{library.WORDS}")
    _report([*findings, *check_directory(library.load_directory(bootstrap.DIRECTORY), today)])


def _differences(name: str, loaded: library.Library) -> Iterator[Finding]:
    for path in sorted((bootstrap.SCRIPTS / name / "transcripts").glob("*.txt")):
        file = f"{name}/transcripts/{path.name}"
        transcript = parse_transcript(path.read_text(encoding="utf-8"), file=file)
        for difference in replay(
            loaded.scripts[name], transcript, now=bootstrap.utc_now(), wordings=loaded.all_wordings[name]
        ):
            yield error(file, f"line {difference.line}", f"it says '{difference.written}'; it is '{difference.found}'.")


@scripts.command()
@click.argument("names", nargs=-1)
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), default=Path("docs/scripts"), show_default=True,
    help="Where the drawings go, one SVG a script.",
)  # fmt: skip
def draw(names: tuple[str, ...], folder: Path) -> None:
    """Draw scripts (all, if none is named) as pictures of their flow."""
    loaded = library.load(bootstrap.SCRIPTS, bootstrap.DIRECTORY, today=bootstrap.utc_now().date())
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or tuple(loaded.scripts):
        picture = folder / f"{name}.svg"
        picture.write_text(drawn(_known(loaded, name), loaded.all_wordings[name]), encoding="utf-8")
        click.echo(f"drew {picture}")


@scripts.command()
@click.argument("name")
@click.option("--channel", type=click.Choice([channel.value for channel in Channel]), default=Channel.VOICE.value)
@click.option("--write", "target", type=click.Path(path_type=Path), help="Keep what was played as a transcript.")
def play(name: str, channel: str, target: Path | None) -> None:
    """Talk to a script here: keys and Enter, only Enter for silence, Ctrl-D to end."""
    loaded = library.load(bootstrap.SCRIPTS, bootstrap.DIRECTORY, today=bootstrap.utc_now().date())
    transcript = played(
        _known(loaded, name),
        loaded.all_wordings[name],
        (line.rstrip("\n") for line in sys.stdin),
        click.echo,
        now=bootstrap.utc_now(),
        channel=Channel(channel),
    )
    if target is not None:
        target.write_text(transcript, encoding="utf-8")
        click.echo(f"kept {target}")


def _known(loaded: library.Library, name: str) -> Script:
    if name not in loaded.scripts:
        raise click.UsageError(f"there is no script {name!r}; there are {', '.join(loaded.scripts)}")
    return loaded.scripts[name]


def _report(findings: Iterable[Finding]) -> None:
    found = list(findings)
    for finding in found:
        click.echo(str(finding))
    errors = sum(finding.severity is Severity.ERROR for finding in found)
    click.echo(f"{errors} errors, {len(found) - errors} warnings")
    sys.exit(1 if errors else 0)
