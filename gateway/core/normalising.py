"""One spelling for what people type: the same word in any script's digits, with or without marks, comes out the same.

Lossy on purpose, and only for comparing: the result is never shown, kept or sent. Letters are folded as search engines
for Arabic do it (hamza seats, alef maqsura, ta marbuta; Lucene's ArabicNormalizer), and Persian and Kurdish ones too.
"""

import re
import unicodedata
from functools import lru_cache

LONGEST = 1600  # characters that are read, and at most that many come out; ten parts of an SMS are fewer

_SPACE, _NOTHING = " ", ""
_ALEF, _BEH, _TEH, _JEEM, _DAL, _REH, _ZAIN = 0x627, 0x628, 0x62A, 0x62C, 0x62F, 0x631, 0x632
_FEH, _KAF, _LAM, _NOON, _HEH, _WAW, _YEH = 0x641, 0x643, 0x644, 0x646, 0x647, 0x648, 0x64A

# By code point, so that no text of a language stands in code. Hamza on a seat is not here: it decomposes into a mark.
_SAME_LETTERS = {
    _ALEF: (0x671,),
    _YEH: (0x649, 0x6CC, 0x6CD, 0x6CE, 0x6D0, 0x6D2),  # ى ی ۍ ێ ې ے
    _HEH: (0x629, 0x6BE, 0x6C1, 0x6C3, 0x6D5),  # ة ھ ہ ۃ ە
    _KAF: (0x6A9, 0x6AA, 0x6AD, 0x6AF),  # ک ڪ ڭ گ
    _WAW: (0x6C6, 0x6C7, 0x6C8, 0x6CB),  # ۆ ۇ ۈ ۋ
    _REH: (0x691, 0x695),  # ڑ ڕ
    _ZAIN: (0x698,),  # ژ
    _LAM: (0x6B5,),  # ڵ
    _JEEM: (0x686,),  # چ
    _BEH: (0x67E,),  # پ
    _FEH: (0x6A4,),  # ڤ
    _TEH: (0x679,),  # ٹ
    _DAL: (0x688,),  # ڈ
    _NOON: (0x6BA,),  # ں
    ord("i"): (0x131,),  # ı, as Turkmen write it
}
_LETTERS = {other: chr(letter) for letter, others in _SAME_LETTERS.items() for other in others}
# Hamza alone, high hamza and tatweel say nothing. An apostrophe stands inside a word: don't, and 7' in Arabizi.
_UNSEEN = frozenset({0x621, 0x674, 0x640, *map(ord, "'`\u00b4\u2018\u2019\u201b\u2032\u02b9\u02bb\u02bc\u02be\u02bf")})
# Pictures that would come apart into letters: TM, i, M, and the Japanese ones.
_PICTURES = frozenset({0x2120, 0x2122, 0x2139, 0x24C2, 0x3297, 0x3299, *range(0x1F200, 0x1F266)})
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")


def normalise(text: str) -> str:
    """Words of letters and ASCII digits, one space between them; empty if nothing is left.

    Never raises, whatever the string holds (unpaired surrogates, too), and changes nothing the second time. A letter
    three times or more in a row is one ("heeelp"); a digit never is. What stands behind `LONGEST` is not read.
    """
    letters = "".join(map(_folded, text[:LONGEST]))
    return " ".join(_DRAWN_OUT.sub(r"\1", letters).split())[:LONGEST].rstrip()


@lru_cache(maxsize=2048)
def _folded(character: str) -> str:
    if ord(character) in _PICTURES:
        return _SPACE
    if ord(character) in _UNSEEN:
        return _NOTHING
    small = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(map(_piece, small))


def _piece(character: str) -> str:
    point, category = ord(character), unicodedata.category(character)
    if point in _UNSEEN or category in {"Mn", "Me", "Cf"}:
        return _NOTHING
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    return _LETTERS.get(point, character) if category.startswith("L") else _SPACE
