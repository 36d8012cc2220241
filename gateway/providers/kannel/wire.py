"""What Kannel sends and expects, word for word, as measured on Debian's 1.4.5; and with it what SMPP and modems bring.

Read this folder in the order wire, charsets, inbound, statuses, errors, client.

A message comes in as the `get-url` of an `sms-service` says (config/kannel.conf.example has the line):

    GET /kannel/sms?secret=...&from=%2B9647...&to=7070&id=83ce91b1-...&coding=0&charset=UTF-8&text=%D8%A7%D8%AA...
    GET /kannel/sms?secret=...&from=%2B9647...&to=7070&id=d5f9fb26-...&coding=2&charset=UTF-16BE&text=%06'%06*%065...

The second is the same Arabic text: unless `mo-recode` is on, a message in UCS-2 arrives as its bytes. With `post-url`
the text is the body, in the charset of its Content-Type, and everything else stands in the query as before.
`from` may also be a short number or a name. The same message is brought again, with the same `id`, until we answer.

Our answer's body goes back to the sender:

    200
    Content-Type: text/plain; charset=UTF-8
    X-Kannel-Coding: 2
    X-Kannel-Validity: 10

Without the second header (and `accept-x-kannel-headers` in the service) an Arabic answer leaves Kannel as `?????`.
An empty body sends nothing where `omit-empty` is on. A 4xx or 5xx sends the English `reply-couldnotfetch`, in which
Arabic is `?????` too.

We send:

    GET /cgi-bin/sendsms?username=..&password=..&from=7070&to=%2B9647..&text=..&charset=UTF-8&coding=2&validity=10
        &dlr-mask=31&dlr-url=https%3A%2F%2F..%2Fkannel%2Fstatus%2F<token>%3Fsecret%3D..%26status%3D%25d
    202 0: Accepted for delivery
    202 3: Queued for later delivery
    403 Authorization failed for sendsms
    400 Missing receiver number, rejected

and hear of it, first `8` when the operator took it, then `1` when it was delivered:

    GET /kannel/status/<token>?secret=...&status=8
"""

from typing import Final

NAMES: Final = ("from", "to", "id", "text", "coding", "charset")
# How others call these fields: Kannel's escape letters themselves, and what its own examples use.
ALIASES: Final = {
    "p": "from",
    "sender": "from",
    "P": "to",
    "receiver": "to",
    "I": "id",
    "a": "text",
    "b": "text",
    "c": "coding",
    "C": "charset",
}
UCS2: Final = "2"
"""Kannel's coding for UCS-2; 0 is the GSM alphabet and 1 is bytes."""

DLR_MASK: Final = 31
"""Delivered 1, given up 2, buffered 4, taken by the operator 8, refused by the operator 16."""
