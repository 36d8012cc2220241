"""Searching bytes (store, logs, job records, pages) for telephone numbers that must not be there. Pure.

The forms looked for are listed at `find`. The data is read once, however many the numbers: its digits and words are
looked up in sets. Not looked for: integers in binary and LZF, as a store's dump file has them; read such values out
before the search.
"""

import binascii
import hashlib
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import phonenumbers

from gateway.core.phone import PhoneNumber
from gateway.core.redaction import redact

_ANYWHERE = 7  # shorter tails are common in innocent bytes and count only as a number standing alone
_LONGEST_TAIL = 9
_WORD = 8  # bytes compared at once when digests are looked for
_LARGEST_INFLATED = 1 << 26
_ALGORITHMS = (hashlib.md5, hashlib.sha1, hashlib.sha256)

# Digits of Arabic and Persian, and their escapes in URLs, JSON and Python's bytes; gaps that take more than one byte.
_FOREIGN_DIGIT = re.compile(
    rb"\xd9[\xa0-\xa9]|\xdb[\xb0-\xb9]|(?:%D9%A|%DB%B|%3|\\u06[6f]|\\xd9\\xa|\\xdb\\xb)[0-9]", re.IGNORECASE
)
_FOREIGN_GAP = re.compile(
    rb"\xc2[\xa0\xad]|\xd8\x9c|\xe2\x80[\x8b-\x95\xaa-\xaf]|\xe2\x81[\xa0-\xaf]|\xe2\x88\x92|\xef\xbb\xbf|%2[0BDbd]"
)
_GAPS = b" \t\0-./()_+"  # NUL: UTF-16
_CHAIN = re.compile(rb"\d(?:[" + re.escape(_GAPS) + rb"]{0,3}\d){6,}")

_DAY = rb"(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_TIME = rb"[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-6]\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?"
_ISO = re.compile(
    rb"(?<!\d)(?:%(day)b%(time)b|(?<!\d[ \-./])%(day)b(?![ \-./]?\d)|20\d{6}T\d{6}Z?)(?!\d)"
    % {b"day": _DAY, b"time": _TIME}
)
_TOKEN = re.compile(rb"[A-Za-z0-9]{16,}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_LONG_BASE64 = re.compile(rb"[A-Za-z0-9+/]{40,}")
_ALONE = re.compile(rb"(?<!\d)(?<!\d\.)\d{4,6}(?!\.?\d)")
_ONE_BY_ONE = re.compile(rb"(?<![\d.])(?<!\d[ -])\d(?:[ -]\d){3,5}(?![ -]?\d)")

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{6,}(?:\r?\n[A-Za-z0-9+/_-]{6,})*")
_HEX = re.compile(rb"[0-9A-Fa-f]{8,}")
_HEX_DIGEST = re.compile(rb"[0-9a-f]{16,}")
_DEFLATED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08")
_TEXT = re.compile(rb"(?:[\t\r\n -~]|[\xc2-\xdf][\x80-\xbf])+")
_NOT_LOWER = re.compile(rb"[A-Z0-9+/]")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


@dataclass(frozen=True, slots=True, order=True)
class Leak:
    """One form of a number found under a label (a key, a file, a route). Never says which number."""

    label: str
    form: str


class _Spelled(NamedTuple):
    """The digits of one number: with country code, as dialled at home, and what both have in common."""

    whole: bytes
    national: bytes
    significant: bytes


@dataclass(frozen=True, slots=True)
class Needles:
    """The forms of the numbers to look for, arranged for look-up. Hold it only where a search is made."""

    by_tail: Mapping[bytes, tuple[_Spelled, ...]] = field(repr=False)
    by_head_reversed: Mapping[bytes, tuple[_Spelled, ...]] = field(repr=False)
    alone: Mapping[bytes, str] = field(repr=False)
    digests: Mapping[int, tuple[str, bytes]] = field(repr=False)
    shortest: int

    @classmethod
    def for_numbers(cls, numbers: Iterable[PhoneNumber], *, shortest_tail: int = 4) -> Self:
        """Arrange the forms of these numbers.

        With thousands of numbers nearly every group of four digits is somebody's: raise `shortest_tail` then, up to 10
        (whole numbers only). With 1,000 numbers one unix time in 2,500 ends in the last 7 digits of one of them.
        """
        by_tail: defaultdict[bytes, list[_Spelled]] = defaultdict(list)
        by_head: defaultdict[bytes, list[_Spelled]] = defaultdict(list)
        alone: dict[bytes, str] = {}
        digests: dict[int, tuple[str, bytes]] = {}
        for spelled in {_spelled(number) for number in numbers}:
            by_tail[spelled.whole[-_ANYWHERE:]].append(spelled)
            by_head[spelled.whole[: -_ANYWHERE - 1 : -1]].append(spelled)
            for length in range(shortest_tail, _ANYWHERE):
                alone.setdefault(spelled.whole[: -length - 1 : -1], f"last {length} digits backwards")
                alone[spelled.whole[-length:]] = f"last {length} digits"
            digests.update(_digests(spelled))
        return cls(_frozen(by_tail), _frozen(by_head), alone, digests, shortest_tail)


class _Layer(NamedTuple):
    """Bytes to search, what they were unpacked from, and whether a short number alone in them means anything."""

    container: str
    content: bytes
    is_text: bool


def find(needles: Needles, label: str, data: bytes) -> list[Leak]:
    """Every form in which one of the numbers stands in `data`, once each, sorted. `label` is redacted.

    Whole numbers (E.164, national) and their last 9, 8 and 7 digits count anywhere; the last 6 to 4 only as a number
    standing alone: not part of more digits, of a decimal, of a token of 16 or more letters and digits, or of a time.
    Digits may be ASCII, Arabic-Indic or Persian (also escaped), spaced or dashed, forwards or backwards. MD5,
    SHA-1 and SHA-256 of a whole number count raw and in hex. All this also inside base64 (any alignment), hex, zlib
    and gzip, in zlib inside base64 or base64 in zlib, and in base64 or hex inside zlib inside base64.
    """
    forms: set[str] = set()
    for layer in _layers(data):
        plain = _canonical(layer.content)
        found = {*_digit_forms(needles, plain), *_digest_forms(needles, layer.content)}
        if layer.is_text:
            found.update(_short_forms(needles, plain))
        forms.update(form + layer.container for form in found)
    return sorted(Leak(redact(label), form) for form in forms)


def _frozen(lists: Mapping[bytes, list[_Spelled]]) -> dict[bytes, tuple[_Spelled, ...]]:
    return {key: tuple(values) for key, values in lists.items()}


def _spelled(number: PhoneNumber) -> _Spelled:
    parsed = phonenumbers.parse(number.reveal())
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return _Spelled(
        number.reveal().removeprefix("+").encode(),
        re.sub(r"[^0-9]", "", national).encode(),
        phonenumbers.national_significant_number(parsed).encode(),
    )


def _digests(spelled: _Spelled) -> Iterator[tuple[int, tuple[str, bytes]]]:
    for text in {b"+" + spelled.whole, b"00" + spelled.whole, *spelled}:
        for algorithm in _ALGORITHMS:
            digest = algorithm(text, usedforsecurity=False)
            for form, shown in (("raw", digest.digest()), ("hex", digest.hexdigest().encode())):
                yield memoryview(shown[:_WORD]).cast("Q")[0], (f"{digest.name} {form}", shown[:16])


# --- unpacking -------------------------------------------------------------------------------------


def _layers(data: bytes) -> Iterator[_Layer]:
    """The data itself, what is compressed in it, what is encoded in either, what is compressed in the encoded (RQ keeps
    tracebacks so), and what is encoded in that.
    """
    for outer in (_Layer("", data, is_text=True), *_inflated(_Layer("", data, is_text=True))):
        yield outer
        for encoded in (*_from_base64(outer), *_from_hex(outer)):
            yield encoded
            for inflated in _inflated(encoded):
                yield inflated
                yield from (*_from_base64(inflated), *_from_hex(inflated))


def _inflated(layer: _Layer) -> Iterator[_Layer]:
    view = memoryview(layer.content)
    for start in _DEFLATED.finditer(layer.content):
        try:
            content = zlib.decompressobj(wbits=47).decompress(view[start.start() :], _LARGEST_INFLATED)
        except zlib.error:
            continue  # two bytes that only looked like a header
        yield _Layer(" in zlib" + layer.container, content, is_text=True)


def _from_base64(layer: _Layer) -> Iterator[_Layer]:
    """All tokens decoded from each of their first four characters on, in one piece with line ends between."""
    tokens = [
        found.translate(_URL_SAFE, b"\r\n") for found in _BASE64.findall(layer.content) if _NOT_LOWER.search(found)
    ]
    pieces = [_decoded64(token[start:]) for token in tokens for start in range(4)]
    yield from _encoded_layers(pieces, " in base64" + layer.container)


def _from_hex(layer: _Layer) -> Iterator[_Layer]:
    pieces = [
        binascii.unhexlify(token[start : len(token) - (len(token) - start) % 2])
        for token in _HEX.findall(layer.content)
        for start in range(2)
    ]
    yield from _encoded_layers(pieces, " in hex" + layer.container)


def _encoded_layers(pieces: list[bytes], container: str) -> Iterator[_Layer]:
    """Random letters decode to random bytes, some to short numbers: those count only in pieces that are all text."""
    if pieces:
        yield _Layer(container, b"\n".join(pieces), is_text=False)
        yield _Layer(container, b"\n".join(piece for piece in pieces if _TEXT.fullmatch(piece)), is_text=True)


def _decoded64(token: bytes) -> bytes:
    usable = token[:-1] if len(token) % 4 == 1 else token
    return binascii.a2b_base64(usable + b"=" * (-len(usable) % 4))


# --- searching -------------------------------------------------------------------------------------


def _canonical(content: bytes) -> bytes:
    """The content with ASCII digits and spaces for those of other scripts, and without times and dates."""
    if not content.isascii() or b"%" in content or b"\\" in content:
        content = _FOREIGN_DIGIT.sub(_ascii_digit, content)
        content = _FOREIGN_GAP.sub(b" ", content)
    return _ISO.sub(b"t", content)


def _ascii_digit(found: re.Match[bytes]) -> bytes:
    return b"%d" % (found.group()[-1] & 0x0F)  # in every spelling the digit is the low half of the last byte


def _digit_forms(needles: Needles, plain: bytes) -> Iterator[str]:
    for chain in _CHAIN.findall(plain):
        digits = chain.translate(None, _GAPS)
        for start in range(len(digits) - _ANYWHERE + 1):
            window = digits[start : start + _ANYWHERE]
            for spelled in needles.by_tail.get(window, ()):
                yield from _forwards(spelled, digits[: start + _ANYWHERE], needles.shortest)
            for spelled in needles.by_head_reversed.get(window, ()):
                yield from _backwards(spelled, digits[start:], needles.shortest)


def _forwards(spelled: _Spelled, digits: bytes, shortest: int) -> Iterator[str]:
    """The best name for what `digits`, which end as the number does, show of it."""
    if digits.endswith(spelled.whole):
        yield "E.164"
    elif digits.endswith((spelled.national, spelled.significant)):
        yield "national"
    else:
        lengths = range(_LONGEST_TAIL, max(shortest, _ANYWHERE) - 1, -1)
        yield from [f"last {length} digits" for length in lengths if digits.endswith(spelled.whole[-length:])][:1]


def _backwards(spelled: _Spelled, digits: bytes, shortest: int) -> Iterator[str]:
    """The same for `digits` that begin with the number's end."""
    if digits.startswith(spelled.significant[::-1]):
        yield "backwards"
    else:
        lengths = range(_LONGEST_TAIL, max(shortest, _ANYWHERE) - 1, -1)
        found = [length for length in lengths if digits.startswith(spelled.whole[: -length - 1 : -1])]
        yield from [f"last {length} digits backwards" for length in found][:1]


def _short_forms(needles: Needles, plain: bytes) -> Iterator[str]:
    if not needles.alone:
        return
    lone = _LONG_BASE64.sub(lambda found: b"t" if _is_dense(found.group()) else found.group(), _TOKEN.sub(b"t", plain))
    runs = [*_ALONE.findall(lone), *(run.translate(None, b" -") for run in _ONE_BY_ONE.findall(lone))]
    yield from (needles.alone[run] for run in runs if run in needles.alone)


def _is_dense(token: bytes) -> bool:
    """Whether a long token with `/` and `+` is base64 rather than a path: both cases and digits throughout."""
    kinds = ((rb"[A-Z]", 0.2), (rb"[a-z]", 0.2), (rb"[0-9]", 0.05))
    return all(len(re.findall(kind, token)) >= share * len(token) for kind, share in kinds)


def _digest_forms(needles: Needles, content: bytes) -> Iterator[str]:
    """Compares eight bytes at a time, at each of the eight alignments, in C; then sixteen, to be sure."""
    hexadecimal = b"\n".join(_HEX_DIGEST.findall(content.lower()))
    for haystack in (hexadecimal, b"" if content.isascii() else content):
        for start in range(_WORD):
            words = memoryview(haystack)[start : start + (len(haystack) - start) // _WORD * _WORD].cast("Q")
            for word in needles.digests.keys() & words:
                form, shown = needles.digests[word]
                if shown in haystack:
                    yield form
