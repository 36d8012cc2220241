"""Ids and tokens: letters only.

A leak search looks for the digits of a number in every byte we keep: ids without digits never look like one.
"""

from typing import NewType

CaseId = NewType("CaseId", str)
ResponderId = NewType("ResponderId", str)
Token = NewType("Token", str)
CallId = NewType("CallId", str)

ID_LETTERS = 16  # 26**16 is more than 2**75: no two ids meet
TOKEN_LETTERS = 28  # 26**28 is more than 2**131: nobody guesses a token that stands in a web address
