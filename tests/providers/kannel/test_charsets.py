"""Bytes and labels as operators, modems and careless settings spell them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.providers.kannel.charsets import decode

CALL_ME = "اتصل بي"
KURDISH = "پەیوەندیم پێوە بکە"


@pytest.mark.parametrize("text", [CALL_ME, KURDISH, "توقف", "مسح", "call", "a", "1", "٣", "هلا 👋 call", "", "🆘"])
@pytest.mark.parametrize(
    ("encoding", "charset", "ucs2"),
    [
        ("utf-8", "UTF-8", False),
        ("utf-8", "utf8", True),
        ("utf-8", "", False),
        ("utf-16-be", "UTF-16BE", True),
        ("utf-16-be", "UCS-2", False),
        ("utf-16-be", "", True),
        ("utf-8-sig", "UTF-8", False),
        ("utf-16", "UTF-16", True),
    ],
)
def test_an_honest_label_is_believed(text: str, encoding: str, charset: str, ucs2: bool) -> None:
    assert decode(text.encode(encoding), charset=charset, ucs2=ucs2) == text


@pytest.mark.parametrize("text", [CALL_ME, KURDISH, "توقف", "لا"])
@pytest.mark.parametrize(
    ("encoding", "charset", "ucs2"),
    [
        ("utf-8", "UTF-16BE", True),
        ("utf-8", "ISO-8859-1", False),
        ("utf-8", "WINDOWS-1252", False),
        ("utf-8", "GSM", False),
        ("utf-8", "8-BIT", False),
        ("utf-8", "no such charset", True),
        ("utf-8", "WINDOWS-1256", False),
        ("utf-16-be", "UTF-8", False),
        ("utf-16-be", "ISO-8859-1", False),
        ("utf-16-be", "8-BIT", False),
        ("utf-16-be", "", False),
        ("utf-16-le", "UTF-16BE", True),
        ("utf-16-le", "UTF-8", False),
    ],
)
def test_a_label_that_makes_nonsense_of_an_arabic_text_is_not_believed(
    text: str, encoding: str, charset: str, ucs2: bool
) -> None:
    assert decode(text.encode(encoding), charset=charset, ucs2=ucs2) == text


@pytest.mark.parametrize("text", ["call", "stop", "help me", "1", "12", "etisal"])
@pytest.mark.parametrize(
    ("encoding", "charset", "ucs2"),
    [("utf-8", "UTF-16BE", True), ("utf-16-be", "UTF-8", False), ("utf-16-le", "UTF-16BE", True)],
)
def test_a_wrong_label_on_latin_letters_is_seen_through(text: str, encoding: str, charset: str, ucs2: bool) -> None:
    assert decode(text.encode(encoding), charset=charset, ucs2=ucs2) == text


@pytest.mark.parametrize("upper", [True, False])
@pytest.mark.parametrize(("charset", "ucs2"), [("UTF-8", False), ("UTF-16BE", True), ("", True), ("", False)])
def test_ucs2_spelled_as_hex_digits_is_read(charset: str, ucs2: bool, upper: bool) -> None:
    digits = CALL_ME.encode("utf-16-be").hex()

    text = decode((digits.upper() if upper else digits).encode(), charset=charset, ucs2=ucs2)

    assert text == CALL_ME


def test_latin_letters_as_hex_digits_are_read_only_where_the_coding_says_ucs2() -> None:
    digits = "call".encode("utf-16-be").hex().encode()

    assert decode(digits, charset="", ucs2=True) == "call"
    assert decode(digits, charset="UTF-8", ucs2=False) == digits.decode()


@pytest.mark.parametrize("number", ["07701234567", "9647701234567", "00964770", "1234", "4711471147114711"])
def test_a_number_that_somebody_wrote_stays_a_number(number: str) -> None:
    assert decode(number.encode(), charset="UTF-8", ucs2=False) == number


@pytest.mark.parametrize(
    ("raw", "charset", "text"),
    [
        (CALL_ME.encode("cp1256"), "WINDOWS-1256", CALL_ME),
        (CALL_ME.encode("cp1256"), "", CALL_ME),
        (CALL_ME.encode("cp1256"), "8-BIT", CALL_ME),
        (CALL_ME.encode("iso8859-6"), "ISO-8859-6", CALL_ME),
        ("café".encode("latin-1"), "ISO-8859-1", "café"),
        ("5 €".encode("cp1252"), "ISO-8859-1", "5 €"),
        ("5 €".encode("iso8859-15"), "ISO-8859-15", "5 €"),
        (b"\x00\x11\x02 \x1b\x65\x1b\x3c\x1b\x40\x1b\x14", "GSM-03.38", "@_$ €[|^"),
        (b"\x1bz1", "GSM", "z1"),
    ],
)
def test_older_charsets_are_read_by_their_labels(raw: bytes, charset: str, text: str) -> None:
    assert decode(raw, charset=charset, ucs2=False) == text


@pytest.mark.parametrize("charset", ["UTF-8", ""])
def test_utf8_that_was_read_as_latin_and_written_again_is_restored(charset: str) -> None:
    mangled = CALL_ME.encode().decode("latin-1").encode()

    assert decode(mangled, charset=charset, ucs2=False) == CALL_ME


@pytest.mark.parametrize(("raw", "ucs2"), [(b"\x81", False), (b"\xd8", True), (b"\x90\x81\xff", False)])
def test_what_nobody_can_read_is_still_a_text(raw: bytes, ucs2: bool) -> None:
    assert decode(raw, charset="UTF-8", ucs2=ucs2)


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["UTF-8", "UTF-16BE", "GSM", "8-BIT", "", "ISO-8859-1", "\x00"]))
def test_no_bytes_under_any_label_fail(raw: bytes, charset: str) -> None:
    for ucs2 in (True, False):
        assert isinstance(decode(raw, charset=charset, ucs2=ucs2), str)


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=0x621, max_codepoint=0x64A), min_size=1, max_size=70))
def test_any_arabic_text_is_read_as_it_was_written(text: str) -> None:
    assert decode(text.encode("utf-16-be"), charset="UTF-16BE", ucs2=True) == text
    assert decode(text.encode(), charset="UTF-8", ucs2=False) == text
