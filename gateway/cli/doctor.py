"""`sanad doctor`: what is misconfigured, and how to mend it. Looks only; changes nothing."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from config.settings import SETTINGS_OF, BrokenSettings, StoreSettings, read
from gateway import bootstrap
from gateway.core.directory import check_directory
from gateway.core.errors import SanadError
from gateway.core.leaks import Needles, find
from gateway.core.phone import PhoneNumber
from gateway.core.scriptcheck import check_script
from gateway.storage import keyfiles, library
from gateway.storage.connect import Client, connect
from gateway.storage.inspection import everything, settings_that_lose_data
from gateway.storage.users import operator_environ
from gateway.supervise import STORE


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something to mend: where, and what to do."""

    where: str
    mend: str


@click.command()
@click.option(
    "--leaks", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Search the store, and every file named, for the numbers in this file (one a line).",
)  # fmt: skip
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
def doctor(leaks: Path | None, files: tuple[Path, ...]) -> None:
    """Say what is wrong with this installation. With --leaks, look for numbers where none may be."""
    complaints = list(_leaks(leaks, files) if leaks else _complaints(_environ()))
    for complaint in complaints:
        click.echo(f"{complaint.where}: {complaint.mend}")
    if not complaints:
        click.echo("no leak found" if leaks else "all is well")
    sys.exit(1 if complaints else 0)


def _environ() -> dict[str, str]:
    return operator_environ(os.environ, STORE)


def _complaints(environ: Mapping[str, str]) -> Iterator[Complaint]:
    checks: tuple[Callable[[Mapping[str, str]], Iterable[Complaint]], ...] = (_settings, _keys, _scripts, _store)
    for check in checks:
        try:
            yield from check(environ)
        except BrokenSettings as error:
            yield from (Complaint(variable, mend) for variable, mend in error.problems if check is not _settings)
        except SanadError as error:
            yield Complaint(error.code, error.advice)


def _settings(environ: Mapping[str, str]) -> Iterator[Complaint]:
    said = set()
    for process, model in SETTINGS_OF.items():
        try:
            read(model, environ)
        except BrokenSettings as error:
            for problem in error.problems:
                if problem not in said:
                    said.add(problem)
                    yield Complaint(f"{problem[0]} (needed by {process})", problem[1])


def _keys(environ: Mapping[str, str]) -> Iterator[Complaint]:
    folder = Path(environ.get("SANAD_KEYS") or "var/keys")
    today = bootstrap.utc_now().date()
    if today not in keyfiles.PublicKeys(folder).days():
        yield Complaint(str(folder), "there is no sealing key of today: run `sanad keys new`, or `sanad keys rotate`")
    keyfiles.DiallerKeys(folder).index()
    keyfiles.DiallerKeys(folder).opening(keyfiles.STAFF)


def _scripts(environ: Mapping[str, str]) -> Iterator[Complaint]:
    today = bootstrap.utc_now().date()
    loaded = library.load(bootstrap.SCRIPTS, bootstrap.DIRECTORY, today=today)
    for name, script in loaded.scripts.items():
        for finding in check_script(script, loaded.all_wordings[name]):
            yield Complaint(f"{finding.file}: {finding.place}", finding.advice)
    for finding in check_directory(library.load_directory(bootstrap.DIRECTORY), today):
        yield Complaint(f"{finding.file}: {finding.place}", finding.advice)


def _store(environ: Mapping[str, str]) -> Iterator[Complaint]:
    client = _client(environ)
    for setting, mend in settings_that_lose_data(client):
        yield Complaint(f"store, {setting}", mend)


def _client(environ: Mapping[str, str]) -> Client:
    return connect(read(StoreSettings, environ).redis_url.get_secret_value())


def _leaks(numbers: Path, files: Iterable[Path]) -> Iterator[Complaint]:
    lines = [line.strip() for line in numbers.read_text(encoding="utf-8").splitlines()]
    needles = Needles.for_numbers([PhoneNumber.parse(line) for line in lines if line])
    for label, content in [*everything(_client(_environ())), *_contents(files)]:
        for leak in find(needles, label, content):
            yield Complaint(leak.label, f"holds a number or a part of one, as {leak.form}")


def _contents(files: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    for path in files:
        inside = sorted(found for found in path.rglob("*") if found.is_file()) if path.is_dir() else [path]
        yield from ((str(found), found.read_bytes()) for found in inside)
