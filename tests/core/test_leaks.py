"""Every planted form of a number is found; innocent bytes are not."""

import base64
import gzip
import hashlib
import json
import random
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.leaks import Leak, Needles, find
from gateway.core.phone import PhoneNumber

HERS = PhoneNumber.parse("+9647701234567")
NEEDLES = Needles.for_numbers([HERS])
_ARABIC, _PERSIAN = (str.maketrans("0123456789", digits) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"))


def forms(data: bytes, needles: Needles = NEEDLES) -> set[str]:
    return {leak.form for leak in find(needles, "here", data)}


@pytest.mark.parametrize(
    ("planted", "form"),
    [
        ("9647701234567", "E.164"),
        ("+9647701234567", "E.164"),
        ("009647701234567", "E.164"),
        ("07701234567", "national"),
        ("7701234567", "national"),
        ("701234567", "last 9 digits"),
        ("01234567", "last 8 digits"),
        ("1234567", "last 7 digits"),
        ("234567", "last 6 digits"),
        ("34567", "last 5 digits"),
        ("4567", "last 4 digits"),
        ("7654321077469", "backwards"),
        ("76543210770", "backwards"),
        ("765432107", "last 9 digits backwards"),
        ("7654321", "last 7 digits backwards"),
        ("765432", "last 6 digits backwards"),
        ("7654", "last 4 digits backwards"),
        ("4 5 6 7", "last 4 digits"),
        ("2-3-4-5-6-7", "last 6 digits"),
    ],
)
def test_a_number_and_its_tails_are_found_in_three_scripts(planted: str, form: str) -> None:
    for script in ({}, _ARABIC, _PERSIAN):
        written = planted.translate(script)

        assert forms(f'{{"a": "{written}", "b": 1}}'.encode()) == {form}
        assert forms(json.dumps({"a": written}).encode()) == {form}


@pytest.mark.parametrize(
    "planted",
    ["+964 770 123 4567", "0770-123-45-67", "(0770) 123.4567", "0 7 7 0 1 2 3 4 5 6 7", "0770\u00a0123\u00a04567",
     "0770\u200e1234567", "0770\u20111234567", "xx07701234567yy", "a1b2c3d4e5f6_7701234567abcdefg",
     "120 07701234567 33"],
)  # fmt: skip
def test_a_whole_number_is_found_in_any_grouping_and_surroundings(planted: str) -> None:
    assert forms(planted.encode()) & {"national", "E.164"}
    assert forms(planted.encode("utf-16-le")) or not planted.isascii()


@pytest.mark.parametrize("before", range(5))
@pytest.mark.parametrize("planted", ["9647701234567", "07701234567", "701234567", "1234567", "٧٧٠١٢٣٤٥٦٧"])
def test_a_number_is_found_in_base64_at_every_alignment(planted: str, before: int) -> None:
    data = b"\xfe" * before + planted.encode() + b"\xfeand more"

    assert any(form.endswith(" in base64") for form in forms(b'{"box": "' + base64.b64encode(data) + b'"}'))
    assert any(form.endswith(" in base64") for form in forms(b"key-" + base64.urlsafe_b64encode(data)))
    assert any(form.endswith(" in base64") for form in forms(base64.encodebytes(data * 20)))


@pytest.mark.parametrize("planted", [b"9647701234567", b"07701234567", b"1234567", b"x 4567 y"])
def test_a_number_is_found_in_hex_and_compressed(planted: bytes) -> None:
    assert any(form.endswith(" in hex") for form in forms(b"0x" + planted.hex().encode()))
    assert any(form.endswith(" in hex") for form in forms(planted.hex().upper().encode()))
    for level in (1, 6, 9):
        packed = zlib.compress(planted, level)
        assert any(form.endswith(" in zlib") for form in forms(b"..." + packed + b"more"))
        assert any(form.endswith(" in zlib in base64") for form in forms(b"a " + base64.b64encode(packed)))
    assert any(form.endswith(" in zlib") for form in forms(gzip.compress(planted)))
    assert any(form.endswith(" in base64 in zlib") for form in forms(zlib.compress(base64.b64encode(planted))))


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256"])
@pytest.mark.parametrize("hashed", ["+9647701234567", "9647701234567", "009647701234567", "07701234567", "7701234567"])
@pytest.mark.parametrize("before", range(9))
def test_an_unkeyed_hash_is_found_raw_in_hex_and_in_base64(algorithm: str, hashed: str, before: int) -> None:
    digest = hashlib.new(algorithm, hashed.encode())
    pad = b"\xf0" * before

    assert f"{algorithm} raw" in forms(pad + digest.digest() + pad)
    assert f"{algorithm} hex" in forms(pad + digest.hexdigest().encode())
    assert f"{algorithm} hex" in forms(b"'" * before + digest.hexdigest().upper().encode())
    assert f"{algorithm} raw in base64" in forms(base64.b64encode(pad + digest.digest()))
    assert f"{algorithm} raw in zlib" in forms(zlib.compress(digest.digest()))


@pytest.mark.parametrize(
    "innocent",
    [
        b"2025-11-24T02:15:33.234567Z",
        b"2025-11-24T02:15:33.234567+00:00 and 2025-11-24 02:15:33,4567",
        b"20251124T034567Z",
        b"0.4567",
        b"1764.234567",
        b"14567",
        b"45678",
        b"3 4 5 6 8",
        b"4 5 6 7 8 and 9 4 5 6 7",
        b"1.4 5 6 7",
        b"CAabcdef01234abcdef4567abcdefabcdef",
        b"3f2504e0-4567-11d3-9a0c-0305e82c3301",
        b"abcdefghijklmnopqrst",
        b"",
        b"\x78\x9c no stream",
        b"=====",
    ],
)
def test_innocent_bytes_are_not_found(innocent: bytes) -> None:
    assert forms(innocent) == set()


@given(st.integers(min_value=0, max_value=60 * 60 * 24 * 365 * 50 * 10**6))
def test_no_iso_time_is_found_whatever_its_microseconds(microseconds: int) -> None:
    moment = datetime(1990, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    digits = f"{moment.microsecond:06}"
    needles = Needles.for_numbers(
        [PhoneNumber.parse(f"+96477{ending}") for ending in (f"01{digits}", f"{digits}{digits[:2]}")]
    )
    times = f"{moment:%Y-%m-%dT%H:%M:%S.%fZ} {moment.isoformat()} {moment:%Y-%m-%d %H:%M:%S,%f}\n{moment.date()}"

    assert forms(times.encode(), needles) == set()


def test_random_bytes_and_letters_of_a_megabyte_are_not_found_among_a_thousand_numbers() -> None:
    chance = random.Random(1)
    numbers = [PhoneNumber.parse(f"+96477{chance.randrange(10**8):08}") for _ in range(1000)]
    needles = Needles.for_numbers(numbers, shortest_tail=9)
    names = "".join(chance.choices("abcdefghijklmnop", k=500_000)).encode()
    noise = chance.randbytes(250_000)

    found = forms(names, needles) | forms(noise, needles) | forms(base64.b64encode(noise), needles)

    assert found == set()
    assert forms(names + noise + numbers[500].reveal().encode() + noise, needles) == {"E.164"}


def test_a_leak_names_the_place_and_the_form_and_never_the_number() -> None:
    found = find(NEEDLES, "key:+9647701234567", b"07701234567")

    assert found == [Leak("key:[number]", "national")]
    assert "4567" not in repr(found) + repr(NEEDLES)


def test_nothing_is_found_without_numbers() -> None:
    assert find(Needles.for_numbers([]), "here", b"+9647701234567 4567") == []


@given(st.binary(max_size=300))
def test_any_bytes_can_be_searched(data: bytes) -> None:
    find(NEEDLES, "here", data)
