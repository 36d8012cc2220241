"""Searches for numbers where none may be: in the store, in its folder, and in files and pages that are named.

What is found is told by its place and its form, never by the number.
"""

import re
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import click

from gateway.core.errors import NotAPhoneNumber, SanadError
from gateway.core.leaks import Needles, find
from gateway.core.phone import PhoneNumber
from gateway.storage.connect import Client
from gateway.storage.inspection import everything, written_files

MANY_NUMBERS = 20  # of so many, some short tail stands in any house by chance
SHORTEST_TAIL_OF_MANY = 7
LONGEST_PAGE = 1 << 26
ANSWER_SECONDS = 10
# The append-only file writes the length of each value before it; every sealed box is as long as some number's end.
APPEND_ONLY = ".aof"
LENGTHS = re.compile(rb"(?m)^[$*]\d{1,6}\r$")


class NothingToSearch(SanadError):
    """A file of numbers, or a place to search, that cannot be read."""

    code = "nothing_to_search"


def search(numbers: Path, *, client: Client, folder: Path, places: Iterable[str]) -> int:
    """Search everything and tell what was found; the exit code: 1 if anything was. Raises `NothingToSearch`."""
    found = _numbers(numbers)
    tail = 4 if len(found) <= MANY_NUMBERS else SHORTEST_TAIL_OF_MANY
    needles = Needles.for_numbers(found, shortest_tail=tail)
    searched, leaks, doubtful = 0, 0, False
    for label, content in chain(_store(client), _files(folder, numbers), *(_place(place, numbers) for place in places)):
        searched += 1
        for leak in find(needles, label, content):
            leaks += 1
            doubtful = doubtful or leak.form.startswith(("last 4", "last 5", "last 6"))
            click.echo(f"{leak.label}: holds a number or a part of one, as {leak.form}")
    _sum_up(len(found), searched, leaks, tail=tail, doubtful=doubtful)
    return 1 if leaks else 0


def _sum_up(numbers: int, searched: int, leaks: int, *, tail: int, doubtful: bool) -> None:
    whose = "1 number and its" if numbers == 1 else f"{numbers} numbers and their"
    places = "1 key, file or page" if searched == 1 else f"{searched} keys, files and pages"
    click.echo(f"{whose} last {tail} to 9 digits, looked for in {places}")
    if tail > 4:
        click.echo(f"with more than {MANY_NUMBERS} numbers shorter tails are found everywhere by chance; give fewer")
    if doubtful:
        click.echo("four to six digits can stand there by chance (a process id, a length, a port): look at the place")
    click.echo({0: "no leak found", 1: "1 leak found"}.get(leaks, f"{leaks} leaks found"))


def _numbers(file: Path) -> list[PhoneNumber]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise NothingToSearch("The file of numbers cannot be read as text.") from None
    numbers = [_number(line, place) for place, line in enumerate(lines, start=1) if line.strip()]
    if not numbers:
        raise NothingToSearch("The file of numbers is empty: write one number a line.")
    return numbers


def _number(line: str, place: int) -> PhoneNumber:
    try:
        return PhoneNumber.parse(line.strip())
    except NotAPhoneNumber:
        raise NothingToSearch(
            f"Line {place} of the file of numbers is no telephone number; nothing was searched."
        ) from None


def _store(client: Client) -> Iterator[tuple[str, bytes]]:
    yield from ((f"store, {key}", content) for key, content in everything(client))


def _files(folder: Path, numbers: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, and its name; the file of numbers itself is left out."""
    if folder.is_file():
        yield str(folder), folder.name.encode() + b"\n" + folder.read_bytes()
        return
    for path, content in written_files(folder):
        if not path.samefile(numbers):
            values = LENGTHS.sub(b"", content) if path.suffix == APPEND_ONLY else content
            yield str(path), str(path.relative_to(folder)).encode() + b"\n" + values


def _place(place: str, numbers: Path) -> Iterator[tuple[str, bytes]]:
    if place.startswith(("http://", "https://")):
        yield place, _page(place)
    elif Path(place).exists():
        yield from _files(Path(place), numbers)
    else:
        raise NothingToSearch(f"There is no file, folder or page {place}; nothing was found there or not found.")


def _page(address: str) -> bytes:
    try:
        with urllib.request.urlopen(address, timeout=ANSWER_SECONDS) as answer:
            headers: str = str(answer.headers)
            return headers.encode() + bytes(answer.read(LONGEST_PAGE))
    except (urllib.error.URLError, OSError, ValueError):
        raise NothingToSearch(f"{address} does not answer; nothing was found there or not found.") from None
