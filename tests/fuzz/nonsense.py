"""What nobody sends, and what somebody will: words, bytes, numbers and whole fields, drawn from a seeded chance."""

from collections.abc import Sequence
from random import Random
from typing import Final
from urllib.parse import quote_from_bytes

MARK: Final = "Zq7Xw9Kv3"
"""Stands in what is sent and nowhere in what we say: an answer that holds it repeats its input."""

NUMBERS: Final = ("+9647715550142", "+9647815550163", "9647515550184", "07715550142")
ODD_NUMBERS: Final = (
    "", "anonymous", "+266696687", "sip:x@example.org", "497", "+", "+964", "0" * 300, "+1900", "٠٧٧١٥٥٥٠١٤٢",
    "whatsapp:+9647715550142", "+9647715550142\x00", " +9647715550142 ", "client:Anonymous", "-1", "1e9",
)  # fmt: skip
STATUSES: Final = (
    "queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled", "dancing", "",
    "COMPLETED",
)  # fmt: skip
KEYS: Final = (
    "",
    "1",
    "2",
    "3",
    "4",
    "9",
    "0",
    "*",
    "#",
    "10",
    "47",
    "999",
    "٢",
    "w1",
    "A",
    "1" * 33,
    "1" * 999,
    "1\n",
)
TEXTS: Final = (
    "", "1", "اتصل", "لا تتصل", "stop", "خطر", "مسح", "\ufeff1", "\u202e1", "a" * 8192, "é" * 5000, "🙂" * 300, "%",
    "\x00", "'; drop", "{{7*7}}", "<Response/>", "]]>", "&amp;", "1*2*3", "*" * 500, "\n\r\t", "1\u0661\u06f1",
)  # fmt: skip
BYTES: Final = (
    b"\x00", b"\xff", b"\xfe\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"%", b"%zz", b"%u0661",
    b"%00", b"%ED%A0%80", b"&", b"=", b";", b"+", b"\r\n", b"\x1b[2J", b"\xe2\x80\xae", b"a" * 2000, b"[]", b"..",
    b"%2e%2e%2f",
)  # fmt: skip
IDS: Final = ("CA", "SM", "AT-", "")


class Dice(Random):
    """A seeded chance that knows nonsense."""

    def one_in(self, count: int) -> bool:
        """True once in so many times."""
        return self.randrange(count) == 0

    def text(self) -> str:
        """Any text, with the mark in it more often than not."""
        letters = "".join(chr(self._letter()) for _ in range(self.randrange(12)))
        return self.choice([MARK, f"{MARK}{letters}", f"{letters}{MARK}", letters, self.choice(TEXTS)])

    def _letter(self) -> int:
        return self.choice([self.randrange(128), self.randrange(0x600, 0x700), self.randrange(0xD800), 0x1F642])

    def number(self) -> str:
        """A telephone number, or what stands in its place."""
        return self.choice(NUMBERS) if self.random() < 0.7 else self.choice(ODD_NUMBERS)

    def call_id(self) -> str:
        """One of two hundred ids, so that conversations go on; or none."""
        if self.one_in(40):
            return self.choice(["", "x", "CA\x00", "../../etc", "C" * 65, self.text()])
        return self.choice(IDS) + "".join("abcdefghij"[int(digit)] for digit in f"{self.randrange(200):06d}") * 5

    def token(self) -> str:
        """What may stand at the end of an address of ours."""
        if self.random() < 0.6:
            return self.choice("abc") * 28
        return self.choice(["a" * 28, "back", "A" * 28, "a" * 65, "a" * 15, MARK, "%00", "..", "%ff", "a%2fb", "٣"])

    def mutated(self, raw: bytes) -> bytes:
        """The same bytes, broken in a few places."""
        broken = bytearray(raw)
        for _ in range(self.randrange(1, 5)):
            at = self.randrange(len(broken) + 1)
            match self.randrange(5):
                case 0:
                    broken[at:at] = self.choice(BYTES)
                case 1:
                    del broken[at : at + self.randrange(1, 20)]
                case 2:
                    broken[at : at + 1] = bytes([self.randrange(256)])
                case 3:
                    broken[at:at] = broken[max(0, at - 30) : at]
                case _:
                    broken[at : at + self.randrange(1, 8)] = self.randbytes(self.randrange(8))
        return bytes(broken)


def encoded(dice: Dice, fields: Sequence[tuple[str, str]]) -> bytes:
    """Fields as a form or a query, escaped rightly, or now and then not at all."""
    parts = []
    for name, value in fields:
        raw = value.encode("utf-8", "surrogatepass")
        shown = raw.replace(b"&", b"") if dice.one_in(15) else quote_from_bytes(raw, safe="").encode()
        parts.append(quote_from_bytes(name.encode("utf-8", "surrogatepass")).encode() + b"=" + shown)
    return b"&".join(parts)
