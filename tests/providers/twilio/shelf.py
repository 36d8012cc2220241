"""Lists of calls and messages as Twilio gives them: in pages of the size that is asked for, with tokens."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from tests.providers.twilio.rest_server import ACCOUNT, Answer, Request, call_json

BEFORE = "Mon, 24 Nov 2025 09:59:59 +0000"
LONGEST_WORDS = "\U0001f198" * 1600  # in JSON twelve bytes each
TOKEN = "PACA" + "e" * 32


def calls(number: int) -> list[dict[str, Any]]:
    """So many calls, each as long as it can be."""
    return [full_call(f"CA{place:032x}") for place in range(number)]


def full_call(sid: str) -> dict[str, Any]:
    """A call whose every field is filled."""
    moments = dict.fromkeys(("date_created", "date_updated", "start_time", "end_time"), BEFORE)
    ids = {"phone_number_sid": "PN" + "0" * 32, "parent_call_sid": "CA" + "1" * 32, "trunk_sid": "TK" + "2" * 32}
    said = {"answered_by": "machine_end_silence", "duration": "3600", "price": "-10.03000", "status": "in-progress"}
    return call_json(sid=sid, **moments, **ids, **said)


def messages(number: int, words: str = LONGEST_WORDS) -> list[dict[str, Any]]:
    """So many messages, each as long as it can be."""
    return [{**full_call(f"SM{place:032x}"), "body": words} for place in range(number)]


def shelf(**kept: Sequence[dict[str, Any]]) -> Callable[[Request], Answer]:
    """What answers a request for `calls` or `messages`; a list that is not kept here is 404.

    Whoever asks for a later page without its token gets the first one again.
    """

    def answer(request: Request) -> Answer:
        name = request.path.rpartition("/")[2].removesuffix(".json").lower()
        if name not in kept:
            return Answer(404, {"code": 20404, "message": "not found", "status": 404})
        size, page = int(request.query["PageSize"][0]), int(request.query.get("Page", ["0"])[0])
        start = page * size if request.query.get("PageToken") == [TOKEN] else 0
        query = urlencode({"To": "+9647500000000", "PageSize": size, "Page": page + 1, "PageToken": TOKEN})
        further = f"/2010-04-01/Accounts/{ACCOUNT}/{name.title()}.json?{query}"
        ends = start + size >= len(kept[name])
        return Answer(200, {name: kept[name][start : start + size], "next_page_uri": None if ends else further})

    return answer
