"""Whether two open requests of one phone are one person's. A phone number is not a person: in doubt they are two.

Two requests that are one are rung for once. Two persons who share a phone keep a request and a secret number each,
and are never rung at the same time.
"""

from gateway.core.case import Case


def same_person(later: Case, earlier: Case) -> bool:
    """By a secret number that both know, or by both saying that the phone is theirs alone.

    Being in danger is no proof: a man with her phone presses that key as well, and could then forbid the call back.
    """
    if earlier.on_the_line and earlier.line != later.line:
        return False
    alone = all(case.answers.get("shared") == "no" for case in (later, earlier))
    return earlier.opens_to(later.secret) or alone
