"""Letters by chance, for ids and tokens. The machine's own randomness; rules in `core` never draw any."""

import secrets
import string


def random_letters(count: int) -> str:
    """Small letters. One draw for all of them: a draw each would cost more than sealing a number."""
    rest = secrets.randbelow(26**count)
    letters = []
    for _ in range(count):
        rest, letter = divmod(rest, 26)
        letters.append(string.ascii_lowercase[letter])
    return "".join(letters)
