"""Reading one value out of a query, whatever bytes stand in it."""

from flask import request

from gateway.core.errors import BadRequest


def argument(name: str) -> str | None:
    """The first value of this name; None if there is none. Raises `BadRequest` where the query is not in UTF-8."""
    try:
        return request.args.get(name)
    except UnicodeDecodeError:
        raise BadRequest("the query holds bytes that are no UTF-8") from None
