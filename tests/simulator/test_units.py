"""How long texts are on the air."""

import pytest

from gateway.simulator.units import cut_to_screen, fits_screen, size_of

KASRA = "\u0650"
THUMB = "👍"


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        ("é", "GSM-7", 1, 1),
        ("ê", "UCS-2", 1, 1),
        ("a\u00a0b", "UCS-2", 3, 1),
        ("a\tb", "UCS-2", 3, 1),
        ("س" * 70, "UCS-2", 70, 1),
        ("س" * 71, "UCS-2", 71, 2),
        ("س" * 134, "UCS-2", 134, 2),
        ("س" * 135, "UCS-2", 135, 3),
        (("س" + KASRA) * 67, "UCS-2", 134, 3),  # a letter is not torn from its mark, so 66 units a part
        (THUMB * 35, "UCS-2", 70, 1),
        (THUMB * 66, "UCS-2", 132, 2),
        (THUMB * 67, "UCS-2", 134, 3),
        ("س" + KASRA * 200, "UCS-2", 201, 3),
    ],
)
def test_a_text_is_measured_in_the_alphabet_that_it_needs(text: str, encoding: str, units: int, parts: int) -> None:
    size = size_of(text)

    assert (size.encoding, size.units, size.parts) == (encoding, units, parts)


def test_a_screen_holds_182_septets_or_80_units() -> None:
    fits = [fits_screen(text) for text in ("a" * 182, "a" * 183, "س" * 80, "س" * 81)]

    assert fits == [True, False, True, False]
    assert cut_to_screen("س" * 90) == "س" * 80
