"""How long a text is on the air: its alphabet, its units, and the parts it goes in. Counted here anew, from 3GPP TS
23.038 (alphabets) and 23.040 (parts), so that whoever counts elsewhere is checked by somebody else."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

_ONE_SEPTET: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWO_SEPTETS: Final = frozenset("\f^{}\\[~]|€")
_MARKS: Final = frozenset(["Mn", "Mc", "Me"])
_JOINER: Final = "\u200d"

GSM: Final = "GSM-7"
UCS: Final = "UCS-2"
_WHOLE: Final = {GSM: 160, UCS: 70}
_PART: Final = {GSM: 153, UCS: 67}
_SCREEN: Final = {GSM: 182, UCS: 80}  # of USSD: 160 octets


@dataclass(frozen=True, slots=True)
class Size:
    """`units` are septets in GSM-7, UTF-16 units in UCS-2. `parts` is how many SMS carry the text."""

    encoding: str
    units: int
    parts: int


def size_of(text: str) -> Size:
    """Measure a text. One letter that GSM-7 lacks makes all of it UCS-2."""
    encoding = _encoding(text)
    lengths = [sum(_units(letter, encoding) for letter in cluster) for cluster in _clusters(text, encoding)]
    units = sum(lengths)
    return Size(encoding, units, 1 if units <= _WHOLE[encoding] else _parts(lengths, _PART[encoding]))


def fits_screen(text: str) -> bool:
    """Whether a USSD screen can show it: 182 septets, or 80 units."""
    size = size_of(text)
    return size.units <= _SCREEN[size.encoding]


def cut_to_screen(text: str) -> str:
    """As much of it as a USSD screen shows."""
    while not fits_screen(text):
        text = text[:-1]
    return text


def _encoding(text: str) -> str:
    return GSM if set(text) <= _ONE_SEPTET | _TWO_SEPTETS else UCS


def _units(letter: str, encoding: str) -> int:
    return 1 + (letter in _TWO_SEPTETS if encoding == GSM else letter > "\uffff")


def _clusters(text: str, encoding: str) -> Iterator[str]:
    """What is never torn apart: in UCS-2 a letter with its marks (as Twilio splits), in GSM-7 one letter."""
    if encoding == GSM:
        yield from text
        return
    number = 0
    begins = []
    for index, letter in enumerate(text):
        joined = unicodedata.category(letter) in _MARKS or _JOINER in (letter, text[index - 1 : index])
        number += not joined
        begins.append(number)
    for _, letters in groupby(zip(begins, text, strict=True), key=lambda pair: pair[0]):
        yield "".join(letter for _, letter in letters)


def _parts(lengths: list[int], room: int) -> int:
    parts, left = 1, room
    for length in lengths:
        if length > left < room:
            parts, left = parts + 1, room
        torn = max(0, -(-length // room) - 1)  # times: one letter with more marks than a part holds
        parts, left = parts + torn, left - length + torn * room
    return parts
