"""What a written message means, of a few meanings. The table that says so is read in `gateway.core.keywordtable`.

A wrong guess is dear here: "do not call" is one letter from "call" in Arabic, and a call can give her away. So a "no"
anywhere is never a call, near spellings count for long words only, and what is in doubt is not guessed: then the answer
is the menu. The words of a message go no further than this file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gateway.core.normalising import LONGEST, normalise

SHORTEST_NEAR = 6  # letters; below that, Arabic words of another meaning are one letter away

DOUBLED = re.compile(r"([^\W\d_])\1")


class Meaning(StrEnum):
    """What a message can mean. `KEY` is a lone number, as if pressed on the keypad."""

    NEGATED = "negated"
    STOP = "stop"
    ERASE = "erase"
    URGENT = "urgent"
    CALL = "call"
    INFORMATION = "information"
    KEY = "key"
    UNKNOWN = "unknown"


class ShiftWish(StrEnum):
    """What a responder wants by a word of her own."""

    ON = "on"
    OFF = "off"


class Kind(StrEnum):
    """What a word can be: the sections of the table."""

    URGENT = "urgent"  # danger that no "no" takes back: "I cannot any more, I kill myself"
    LIFE = "life"  # "no" before it is URGENT: "I do not want to live"
    DANGER = "danger"  # "no" right before it takes it back: "not in danger"
    STOP = "stop"
    ERASE = "erase"
    CALL = "call"
    HELP = "help"  # asks for help; means CALL
    PLIGHT = "plight"  # says what happens to her; means CALL
    INFORMATION = "information"
    CONTACT = "contact"  # speaks of ringing ("you call"): CALL only with a wish
    MESSAGE = "message"  # speaks of texting
    WISH = "wish"  # "please", "I want"
    NO = "no"
    IF = "if"  # "he kills me if you call": with danger and a call it is a "no"
    ASIDE = "aside"  # means nothing: near to a keyword, or a "no" that is not meant for us


MEANINGS: Mapping[Kind, Meaning] = {
    Kind.URGENT: Meaning.URGENT,
    Kind.DANGER: Meaning.URGENT,
    Kind.STOP: Meaning.STOP,
    Kind.ERASE: Meaning.ERASE,
    Kind.CALL: Meaning.CALL,
    Kind.HELP: Meaning.CALL,
    Kind.PLIGHT: Meaning.CALL,
    Kind.INFORMATION: Meaning.INFORMATION,
    Kind.NO: Meaning.NEGATED,
}
# Tuples, not sets: an enum is slow to hash and quick to compare.
_DANGERS = (Kind.URGENT, Kind.DANGER)
_ORDERS = (Kind.STOP, Kind.ERASE)
_CALLS = (Kind.CALL, Kind.HELP, Kind.PLIGHT)
_REACHING = (Kind.CALL, Kind.CONTACT, Kind.MESSAGE)
NEVER_JOINED = (Kind.STOP, Kind.ERASE, Kind.ASIDE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message was taken for. `key` is filled for `KEY`: ASCII digits.

    `danger`: words of danger stood beside a stop or a "do not call". Nothing may ring, and nothing may be lost either.
    """

    meaning: Meaning
    key: str = field(default="", repr=False)
    danger: bool = False

    @property
    def entry(self) -> str:
        """Where a script goes on: by the meaning, or for one with danger in it by a way of its own."""
        return f"{self.meaning}_danger" if self.danger else self.meaning.value


@dataclass(frozen=True, slots=True)
class Keywords:
    """The table, ready to look things up. All words are normalised; `near` finds them with one letter missing."""

    words: Mapping[str, Kind]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], Kind], ...]]  # by first word, longest first
    near: Mapping[str, tuple[tuple[str, Kind], ...]]
    alone: Mapping[str, Kind]  # counts only as the whole message
    particles: Mapping[str, tuple[str, ...]]  # by first letter, longest first
    negating: tuple[str, ...]  # beginnings of a word that may be a "no" written together with it
    shift: Mapping[str, ShiftWish]


# --- matching ----------------------------------------------------------------------------------------


def match(text: str, keywords: Keywords, *, digits: int = 1) -> Reading:
    """What this message means. Total: any string has a reading, `UNKNOWN` if no other.

    Order: "no", stop, erase, urgent, call, information, a lone number of at most `digits` digits of any script. Erasing
    is to be confirmed by whoever asks. A text longer than what is read is never a call: the rest may have said no.
    """
    normal = normalise(text)
    if normal.isdigit():
        return Reading(Meaning.KEY, normal) if len(normal) <= digits else Reading(Meaning.UNKNOWN)
    if normal in keywords.alone:
        return Reading(MEANINGS[keywords.alone[normal]])
    words = normal.split()
    reading = _decided(_taken_back(_kinds(words, keywords)))
    if reading.meaning is not Meaning.CALL:
        return reading
    cut = max(len(text), len(normal)) >= LONGEST - 1  # one less, where the cut fell on a space
    says_no = any(keywords.words.get(word) is Kind.NO for word in words)  # also inside a phrase
    return Reading(Meaning.UNKNOWN) if cut or says_no else reading


def match_shift(text: str, keywords: Keywords) -> ShiftWish | None:
    """Whether the whole message is a responder's word for coming on or going off. Never by near spelling."""
    return keywords.shift.get(normalise(text))


def _kinds(words: list[str], keywords: Keywords) -> list[Kind | None]:
    """The kind of each phrase or word, in their order; None for what the table does not know."""
    kinds: list[Kind | None] = []
    place = 0
    while place < len(words):
        for phrase, kind in keywords.phrases.get(words[place], ()):
            if tuple(words[place : place + len(phrase)]) == phrase:
                kinds.append(kind)
                place += len(phrase)
                break
        else:
            kinds.append(_kind(words[place], keywords))
            place += 1
    return kinds


def _kind(word: str, keywords: Keywords) -> Kind | None:
    if (found := keywords.words.get(word)) is not None:
        return found
    squeezed = DOUBLED.sub(r"\1", word)
    if squeezed != word and (found := keywords.words.get(squeezed)) is not None:
        return None if found is Kind.ERASE else found  # erasing is spelled exactly
    return _near(word, keywords) if len(word) >= SHORTEST_NEAR else None


def _near(word: str, keywords: Keywords) -> Kind | None:
    """The kind of the words one letter away, if they all mean the same; never a call where a "no" may be joined."""
    near = _neighbours(word, keywords)
    for particle in () if near else keywords.particles.get(word[0], ()):
        if not near and len(word) >= SHORTEST_NEAR + len(particle) and word.startswith(particle):
            stems = _neighbours(word.removeprefix(particle), keywords)
            near = [(known, kind) for known, kind in stems if kind not in NEVER_JOINED]
    if not near:
        return None
    meanings = {MEANINGS[kind] for _, kind in near}
    if len(meanings) != 1:
        return None
    joined = any(word.startswith(no) and not known.startswith(no) for no in keywords.negating for known, _ in near)
    return None if joined and Meaning.CALL in meanings else near[0][1]


def _neighbours(word: str, keywords: Keywords) -> list[tuple[str, Kind]]:
    """Known words at a distance of one; the first letter must be right."""
    near = keywords.near
    found = list(near.get(word, ()))
    for place in range(1, len(word)):
        found += near.get(word[:place] + word[place + 1 :], ())
    return [(known, kind) for known, kind in found if is_near(known, word)] if found else found


def one_shorter(word: str) -> list[str]:
    """The word without one letter, each but the first in turn."""
    return [word[:place] + word[place + 1 :] for place in range(1, len(word))]


def is_near(one: str, other: str) -> bool:
    """Whether at most one letter is missing, added or wrong, or two neighbours changed places (OSA distance <= 1)."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, rest_other = one[start:], other[start:]
    swapped = rest[:2] == rest_other[:2][::-1] and rest[2:] == rest_other[2:]
    return rest[1:] == rest_other[1:] or rest == rest_other[1:] or rest[1:] == rest_other or swapped


def _taken_back(kinds: list[Kind | None]) -> list[Kind]:
    """The kinds known, after every "no" has done its work on the word that follows it."""
    left = list(kinds)
    if Kind.NO in kinds or Kind.LIFE in kinds:
        for place, kind in enumerate(kinds):
            if kind is Kind.LIFE:
                left[place] = _refused_life(left, place)
            elif (kind is Kind.DANGER and Kind.NO in kinds[max(0, place - 2) : place]) or (
                kind in _ORDERS and _is_negated(kinds[:place])
            ):
                left[place] = None
    return [kind for kind in left if kind is not None]


def _refused_life(left: list[Kind | None], place: int) -> Kind | None:
    """Danger, if a "no" stands shortly before. It is used up: "I do not want to live, call me" refuses no call."""
    no = next((before for before in range(place - 1, max(0, place - 3) - 1, -1) if left[before] is Kind.NO), None)
    if no is None:
        return None
    left[no] = None
    return Kind.URGENT


def _is_negated(before: list[Kind | None]) -> bool:
    while before and before[-1] is Kind.WISH:  # "I do not want to stop"
        before.pop()
    return bool(before) and before[-1] is Kind.NO


def _decided(kinds: list[Kind]) -> Reading:
    says_no, danger = Kind.NO in kinds, _any(_DANGERS, kinds)
    if _any(_ORDERS, kinds):
        if not says_no and _is_plea(kinds):
            return Reading(Meaning.URGENT if danger else Meaning.UNKNOWN)
        return Reading(Meaning.STOP if Kind.STOP in kinds else Meaning.ERASE, danger=danger)
    reaching = _any(_REACHING, kinds)
    if (says_no and (not danger or reaching)) or (danger and reaching and Kind.IF in kinds):
        return Reading(Meaning.NEGATED, danger=danger)
    return Reading(Meaning.URGENT if danger else _wanted(kinds))


def _is_plea(kinds: list[Kind]) -> bool:
    """Whether a stop or erase word is no order for us: "how do I stop the blackmail", "help me erase my photos"."""
    first = next(place for place, kind in enumerate(kinds) if kind in _ORDERS)
    return Kind.PLIGHT in kinds or Kind.HELP in kinds[:first]


def _wanted(kinds: list[Kind]) -> Meaning:
    if _any(_CALLS, kinds) or (Kind.WISH in kinds and Kind.CONTACT in kinds):
        return Meaning.CALL
    return Meaning.INFORMATION if Kind.INFORMATION in kinds else Meaning.UNKNOWN


def _any(wanted: tuple[Kind, ...], kinds: list[Kind]) -> bool:
    return any(kind in wanted for kind in kinds)
