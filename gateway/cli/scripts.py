"""`sanad scripts check|draw|play` and `sanad directory check`: for those who write the conversations."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from gateway import bootstrap
from gateway.cli.content import differences, findings, stale_numbers
from gateway.core.conversation import Channel
from gateway.core.drawing import draw as drawn
from gateway.core.findings import Finding, Severity
from gateway.core.player import play as played
from gateway.core.recorded import transcribe as transcribed
from gateway.core.script import Script
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
    _report(stale_numbers(bootstrap.utc_now().date()))


@scripts.command()
def check() -> None:
    """Refuse what would leave a caller without words, without a way out, or with a text that does not fit."""
    today = bootstrap.utc_now().date()
    _report([*findings(today), *differences(today), *stale_numbers(today)])


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
@click.option(
    "--channel", type=click.Choice([channel.value for channel in Channel]), default=Channel.VOICE.value,
    show_default=True, help="How she reaches us.",
)  # fmt: skip
@click.option("--write", "target", type=click.Path(path_type=Path), help="Keep what was played as a transcript.")
def play(name: str, channel: str, target: Path | None) -> None:
    """Talk to a script here, as she would; Ctrl-D ends.

    On voice type the keys, or only Enter for silence. By SMS and USSD type what she writes.
    """
    loaded = library.load(bootstrap.SCRIPTS, bootstrap.DIRECTORY, today=bootstrap.utc_now().date())
    script = _known(loaded, name)
    if channel not in script.channels:
        raise click.UsageError(f"{name} is not for {channel}; it is for {', '.join(script.channels)}")
    transcript = played(
        script,
        loaded.all_wordings[name],
        (line.rstrip("\n") for line in sys.stdin),
        click.echo,
        now=bootstrap.utc_now(),
        keywords=loaded.keywords,
        channel=Channel(channel),
    )
    if target is not None:
        target.write_text(transcript, encoding="utf-8")
        click.echo(f"kept {target}")


@scripts.command()
@click.argument("name")
@click.argument("recording", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--write", "target", type=click.Path(path_type=Path), help="Where the transcript goes.")
def transcribe(name: str, recording: Path, target: Path | None) -> None:
    """Turn what was kept on the phones' page into a transcript of this script: words become names of sentences."""
    loaded = library.load(bootstrap.SCRIPTS, bootstrap.DIRECTORY, today=bootstrap.utc_now().date())
    script = _known(loaded, name)
    transcript = transcribed(
        script,
        loaded.all_wordings[name][script.languages[0]],
        recording.read_text(encoding="utf-8"),
        keywords=loaded.keywords,
        now=bootstrap.utc_now(),
    )
    if target is None:
        click.echo(transcript)
        return
    target.write_text(transcript, encoding="utf-8")
    click.echo(f"kept {target}")


def _known(loaded: library.Library, name: str) -> Script:
    if name not in loaded.scripts:
        raise click.UsageError(f"there is no script {name!r}; there are {', '.join(loaded.scripts)}")
    return loaded.scripts[name]


def _report(findings: Iterable[Finding]) -> None:
    found = list(dict.fromkeys(findings))  # one for each channel may say the same
    for finding in found:
        click.echo(str(finding))
    errors = sum(finding.severity is Severity.ERROR for finding in found)
    click.echo(f"{errors} errors, {len(found) - errors} warnings")
    sys.exit(1 if errors else 0)
