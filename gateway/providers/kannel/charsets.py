"""A message's bytes as text, though labels lie: UTF-8 called Latin, UCS-2 called UTF-8, UCS-2 spelled as hex digits.

Operators and modems between the phone and us relabel freely. The label is believed unless it gives nonsense and
another reading does not. It never fails: what nobody can read becomes replacement characters, which match no keyword.
"""

import re
from collections.abc import Iterator
from typing import Final

# 3GPP TS 23.038, 6.2.1: the letter of each septet, and of each septet after an escape.
_GSM: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_ESCAPED: Final = {  # by the character of the same number in ASCII
    "\n": "\f",
    "\x14": "^",
    "(": "{",
    ")": "}",
    "/": "\\",
    "<": "[",
    "=": "~",
    ">": "]",
    "@": "|",
    "e": "€",
}
_ESCAPE: Final = "\x1b"

_LABELS: Final = {
    "UTF8": "utf-8",
    "UTF16BE": "utf-16-be",
    "UTF16": "utf-16-be",
    "UTF16LE": "utf-16-le",
    "UCS2": "utf-16-be",
    "ISO10646UCS2": "utf-16-be",
    "ASCII": "utf-8",
    "USASCII": "utf-8",
    "LATIN1": "cp1252",
    "ISO88591": "cp1252",  # what calls itself Latin-1 means Windows' superset of it, as browsers read it
    "ISO885915": "iso8859-15",
    "WINDOWS1252": "cp1252",
    "CP1252": "cp1252",
    "WINDOWS1256": "cp1256",
    "CP1256": "cp1256",
    "ISO88596": "iso8859-6",
    "GSM": "gsm",
    "GSM7": "gsm",
    "GSM0338": "gsm",
}
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"))
_HEX: Final = re.compile(rb"(?:[0-9A-Fa-f]{4}){2,}")
_ARABIC_ONLY: Final = re.compile(r"[\u0600-\u06ff\s]+")
_NOT_A_LETTER: Final = re.compile(r"[^A-Z0-9]")
# Anything but what our callers write with: Latin, Greek capitals (they are in the GSM alphabet), Arabic and its
# supplements and forms, punctuation and direction marks, currencies, symbols, emoji. Control characters are odd.
_ODD: Final = re.compile(
    r"[^\n\r\t\f\u0020-\u007e\u00a0-\u024f\u0370-\u03ff\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\u2000-\u206f"
    r"\u20a0-\u20cf\u2100-\u214f\u2600-\u27bf\ufb50-\ufdff\ufe00-\ufefe\U0001f000-\U0001faff]"
)


def decode(raw: bytes, *, charset: str, ucs2: bool) -> str:
    """The text that most probably was written. `ucs2` is the message's own coding, `charset` the label given to it.

    The price of doubting labels: an honest Chinese message of an even length that is printable as ASCII is read as
    ASCII. Nobody who calls us writes Chinese, and either way she gets the menu.
    """
    for mark, encoding in _BOMS:
        if raw.startswith(mark) and (text := _try(raw[len(mark) :], encoding)) is not None:
            return text
    best, least = None, 0
    for text in _readings(raw, charset, ucs2):
        oddness = _oddness(text)
        if oddness == 0:
            return text
        if best is None or oddness < least:
            best, least = text, oddness
    return raw.decode("utf-8", "replace") if best is None else best


def _readings(raw: bytes, charset: str, ucs2: bool) -> Iterator[str]:
    """All readings that are possible, the likeliest first."""
    label = _LABELS.get(_NOT_A_LETTER.sub("", charset.upper()))
    hexed = _from_hex(raw)
    if hexed is not None and (_ARABIC_ONLY.fullmatch(hexed) or (ucs2 and _oddness(hexed) == 0)):
        yield hexed  # sixteen digits that happen to spell Arabic words are no number anybody would send us
    utf8 = _try(raw, "utf-8")
    if utf8 is not None and label != "utf-8" and not utf8.isascii():
        yield _unmangled(utf8)  # bytes of anything else are hardly ever valid UTF-8
    encodings = dict.fromkeys([*([label] if label else []), *(["utf-16-be"] if ucs2 else []), "utf-8", "utf-16-be"])
    for encoding in [*encodings, "utf-16-le"]:
        text = _try(raw, encoding)
        if text is not None:
            yield _unmangled(text)
    if utf8 is None:
        yield from filter(None, [_try(raw, "cp1256")])


def _try(raw: bytes, encoding: str) -> str | None:
    if encoding == "gsm":
        return _from_gsm(raw)
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _from_gsm(raw: bytes) -> str | None:
    """Septets, one in each byte."""
    if any(byte > 0x7F for byte in raw):
        return None
    letters: list[str] = []
    escaped = False
    for byte in raw:
        letter = _GSM[byte]
        if letter == _ESCAPE:
            escaped = True
            continue
        # an escaped letter that the table lacks is shown as it is, by the standard
        letters.append(_GSM_ESCAPED.get(chr(byte), letter) if escaped else letter)
        escaped = False
    return "".join(letters)


def _from_hex(raw: bytes) -> str | None:
    return _try(bytes.fromhex(raw.decode("ascii")), "utf-16-be") if _HEX.fullmatch(raw) else None


def _unmangled(text: str) -> str:
    """The text, or what it was before somebody read its UTF-8 as Latin and wrote that as UTF-8 again."""
    if text.isascii():
        return text
    for encoding in ("latin-1", "cp1252"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return text


def _oddness(text: str) -> int:
    """How many characters nobody here writes: control characters, halves, foreign scripts."""
    return len(_ODD.findall(text))
