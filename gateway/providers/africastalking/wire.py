"""What Africa's Talking sends for USSD and expects, word for word.

Read this folder in the order wire, ussd.

A phone dials, then answers. `text` is empty at first; later it is everything keyed so far, joined by `*`:

    POST /africastalking/ussd/<secret> HTTP/1.1
    Content-Type: application/x-www-form-urlencoded

    sessionId=ATUid_0ab1c2...&phoneNumber=%2B9647...&networkCode=63902&serviceCode=%2A384%2A123%23&text=
    ... &text=2
    ... &text=2*1*4

We answer in plain text, with the screen to be answered or the last one:

    CON <screen>
    END <screen>

Where an events address is set (the same as above), the end of a dialogue is told, cut off or not:

    date=2026-11-24+12:00:00&sessionId=ATUid_0ab1c2...&serviceCode=%2A384%2A123%23&networkCode=63902
    &phoneNumber=%2B9647...&status=Incomplete&cost=..&durationInMillis=12345&hopsCount=3&input=2%2A1
    &lastAppResponse=CON+..&errorMessage=..

`status` is Success, Incomplete or Failed. Of all that we keep nothing, and forget the dialogue.

Anything else, or a 4xx, ends the dialogue with the operator's own words. Nothing is signed: the secret stands in the
path, and an address list belongs in front of it. 10 s to connect, 15 s for our answer; the person has 60 s for hers
and 180 s in all. Source: https://developers.africastalking.com/docs/ussd/handle_sessions

What the wire cannot say, and what follows from it:

- A `*` that a person types looks like a step: `1*2` keyed at once is `1`, then `2`. It is read as two answers, which
  is what the same keys would have meant one by one.
- An empty answer leaves an empty step (`2**1`), which is kept: it is a misunderstanding like any wrong key. Only the
  empty answer to the very first screen cannot be told from dialling, and shows that screen again.
- `#` never arrives from most phones, which end the entry with it. Where it does it is a wrong key.
"""

from typing import Final

MORE: Final = "CON "
LAST: Final = "END "
STEP: Final = "*"
"""Stands between two inputs."""
