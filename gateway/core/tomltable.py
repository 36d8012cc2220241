"""Reads tables of a TOML file, and says what is wrong with them in words that help whoever wrote it."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import NoReturn

from gateway.core.errors import BrokenScript


class Table:
    """One table of a file. Every key is taken once; `close` refuses what nobody took: mostly a typing error."""

    def __init__(self, entries: Mapping[str, object], *, file: str, place: str) -> None:
        self._entries = dict(entries)
        self._wanted: set[str] = set()
        self.file = file
        self.place = place

    @classmethod
    def parse(cls, text: str, *, file: str) -> "Table":
        """The whole file as one table. Raises `BrokenScript`."""
        try:
            entries = tomllib.loads(text)
        except tomllib.TOMLDecodeError as fault:
            raise BrokenScript(f"{file}: this is not TOML: {fault}. Mend that line.") from fault
        return cls(entries, file=file, place="top of the file")

    def refuse(self, advice: str) -> NoReturn:
        """Raise `BrokenScript` for this place."""
        raise BrokenScript(f"{self.file}: {self.place}: {advice}")

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._entries))

    def take(self, key: str) -> object:
        """Whatever stands there. Raises `BrokenScript` if nothing does."""
        self._wanted.add(key)
        if key not in self._entries:
            self.refuse(f"'{key}' is missing; add it.")
        return self._entries[key]

    def text(self, key: str) -> str:
        """A text that is not empty, without space around it."""
        found = self.take(key)
        if not isinstance(found, str) or not found.strip():
            self.refuse(f"'{key}' must be a text in quotes, such as {key} = \"...\".")
        return found.strip()

    def maybe_text(self, key: str) -> str | None:
        """A text, or None if the key is not there."""
        self._wanted.add(key)
        return self.text(key) if key in self else None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, not empty."""
        found = self.take(key)
        if not isinstance(found, list) or not found or not all(isinstance(item, str) and item for item in found):
            self.refuse(f'\'{key}\' must be a list of texts, such as {key} = ["...", "..."].')
        return tuple(found)

    def number(self, key: str, *, default: float | None = None) -> float:
        """A number, zero or more."""
        self._wanted.add(key)
        if key not in self and default is not None:
            return default
        found = self.take(key)
        if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= 86400:
            self.refuse(f"'{key}' must be a number, such as {key} = 6.")
        return found

    def flag(self, key: str) -> bool:
        """true or false; false if the key is not there."""
        self._wanted.add(key)
        found = self._entries.get(key, False)
        if not isinstance(found, bool):
            self.refuse(f"'{key}' must be true or false, without quotes.")
        return found

    def maybe_date(self, key: str) -> date | None:
        """A day, or None if the key is not there."""
        self._wanted.add(key)
        found = self._entries.get(key)
        if found is not None and (not isinstance(found, date) or isinstance(found, datetime)):
            self.refuse(f"'{key}' must be a day without quotes, such as {key} = 2026-01-31.")
        return found

    def table(self, key: str, *, place: str | None = None) -> "Table":
        """A table below this one."""
        found = self.take(key)
        if not isinstance(found, dict):
            self.refuse(f"'{key}' must be a table of its own.")
        return Table(found, file=self.file, place=place or f"{self.place}, {key}")

    def close(self) -> None:
        """Refuse keys that nobody took."""
        for key in self._entries:
            if key not in self._wanted:
                near = get_close_matches(key, self._wanted, n=1)
                meant = f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(sorted(self._wanted))}."
                self.refuse(f"'{key}' means nothing here; {meant}")
