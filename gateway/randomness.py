"""Letters by chance, for ids and tokens. The machine's own randomness; rules in `core` never draw any."""

import os
import string

_LETTER_OF = bytes(ord(string.ascii_lowercase[byte % 26]) for byte in range(256))
_UNEVEN = bytes(range(256 - 256 % 26, 256))  # left out: with them the first letters would come more often


def random_letters(count: int) -> str:
    """Small letters, each as likely as any other."""
    letters = b""
    while len(letters) < count:
        letters += os.urandom(2 * count).translate(_LETTER_OF, _UNEVEN)
    return letters[:count].decode()
