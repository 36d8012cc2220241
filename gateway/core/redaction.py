"""Masking whatever looks like a telephone number in any text, for logs and exceptions.

It errs on the dark side: a process id of five digits is masked too. What it cannot know is a lone group of up to four
digits; numbers are kept out of messages in the first place, and this is the net beneath.
"""

import re

MASK = "[number]"

# A digit of any script, or one as URLs, JSON and Python's bytes write it: %D9%A7, %37, \u0667, \xd9\xa7.
_DIGIT = r"(?:\d|%D9%A\d|%DB%B\d|%3\d|\\u06[6f]\d|\\xd9\\xa\d|\\xdb\\xb\d)"
# What people and encoders put between digits, unseen direction marks and vowel signs included.
_GAP = (
    r"(?:%2[0BD89EF]|%C2%A[0D]|%E2%80%[89A][0-9A-F]|\\u20[0-6][0-9a-f]|(?:\\u00|(?:\\xc2)?\\x)a[0d]|"
    r"\\xe2\\x80\\x[89a][0-9a-f]|"
    r"[\s+\-./()\[\]_~\u00ad\u061c\u064b-\u065f\u00b7\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff])"
)
_CHAIN = rf"(?:(?:\+|%2B){_GAP}{{0,4}})?{_DIGIT}(?:{_GAP}{{0,4}}{_DIGIT})+"
_DAY = r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-6][0-9](?:[.,][0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
# A date beside more digits is not taken for one: the whole chain is masked.
_ISO = rf"(?<!\d)(?<!\d[\s+\-./()]){_DAY}(?:{_TIME})?(?!{_GAP}{{0,4}}{_DIGIT})"

_SUSPECT = re.compile(rf"(?P<iso>{_ISO})|{_CHAIN}", re.IGNORECASE)
_ONE_DIGIT = re.compile(_DIGIT, re.IGNORECASE)
_FIVE_TOGETHER = re.compile(rf"{_DIGIT}{{5}}", re.IGNORECASE)
_FEWEST_APART = 7  # 127.0.0.1 has six; the shortest telephone number has seven


def redact(text: str) -> str:
    """The text with `[number]` for every run of five or more digits, and for seven or more with gaps between them.

    Digits count in every script and in their URL, JSON and bytes spelling. ISO 8601 dates and times stay.
    """
    return _SUSPECT.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    chain = found.group()
    if found["iso"] is not None:
        return chain
    is_number = _FIVE_TOGETHER.search(chain) or len(_ONE_DIGIT.findall(chain)) >= _FEWEST_APART
    return MASK if is_number else chain
