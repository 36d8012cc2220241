"""How long a text is on the wire: SMS septets and UTF-16 units, parts, and what a screen holds.

GSM 7 bit default alphabet: 3GPP TS 23.038, 6.2.1. An SMS holds 160 of its septets or 70 UTF-16 units; in several parts
153 or 67 each (TS 23.040, 9.2.3.24.1). A USSD string has 160 octets: 80 UTF-16 units.
"""

import unicodedata

from gateway.core.conversation import Channel

GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_ESCAPED = frozenset("\f^{}\\[~]|€")  # two septets each

_JOINER = "\u200d"
_SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))

LIMITS = {Channel.SMS: 70, Channel.USSD: 80}  # UTF-16 units; voice has none


def utf16_units(text: str) -> int:
    """The length in UTF-16 units: most letters count one, an emoji two."""
    return sum(2 if ord(letter) > 0xFFFF else 1 for letter in text)


def is_gsm7(text: str) -> bool:
    """Whether the text can be sent in the GSM 7 bit alphabet."""
    return all(letter in GSM7 or letter in GSM7_ESCAPED for letter in text)


def septets(text: str) -> int:
    """The length in septets, for a text in the GSM 7 bit alphabet."""
    return sum(2 if letter in GSM7_ESCAPED else 1 for letter in text)


def sms_parts(text: str) -> int:
    """How many messages the network makes of it. An empty text is one."""
    sizes = [2 if letter in GSM7_ESCAPED else 1 for letter in text] if is_gsm7(text) else _wide(text)
    single, part = (160, 153) if is_gsm7(text) else (70, 67)
    return 1 if sum(sizes) <= single else _packed(sizes, part)


def excess(text: str, *, channel: Channel) -> int:
    """How many UTF-16 units a text is too long for its channel; 0 if it fits."""
    limit = LIMITS.get(channel)
    return 0 if limit is None else max(0, utf16_units(text) - limit)


def _wide(text: str) -> list[int]:
    """Units of each letter with what belongs to it: senders do not part a letter from its marks, or joined pictures."""
    sizes: list[int] = []
    before = ""
    for letter in text:
        joined = bool(before) and (_belongs_to_what_is_before(letter) or before == _JOINER)
        if joined:
            sizes[-1] += utf16_units(letter)
        else:
            sizes.append(utf16_units(letter))
        before = letter
    return sizes


def _belongs_to_what_is_before(letter: str) -> bool:
    return unicodedata.category(letter) in {"Mn", "Me"} or letter == _JOINER or letter in _SKIN_TONES


def _packed(sizes: list[int], part: int) -> int:
    """Parts needed where nothing of size two may be cut in two."""
    parts, room = 1, part
    for size in sizes:
        if size > room:
            parts, room = parts + 1, part
        room -= size
    return parts
