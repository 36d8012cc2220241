"""What Twilio and the switches compatible with it send and expect, word for word.

Read this folder in the order wire, signature, inbound, twiml, statuses, errors, transport, client, account.

A call comes in. The same form comes again for every follow-up, with `Digits` when keys were pressed:

    POST /twilio/voice HTTP/1.1
    Content-Type: application/x-www-form-urlencoded; charset=UTF-8
    X-Twilio-Signature: 0/KCTR6DLpKmkAf8muzZqo1nDgQ=
    I-Twilio-Idempotency-Token: 3e5f0f6f-45f8-4d9a-9a0d-6d0a3b1f8c11

    CallSid=CA9f8b...&AccountSid=AC32a3...&From=%2B9647...&To=%2B9647...&CallStatus=ringing&Direction=inbound
    &ApiVersion=2010-04-01&Caller=...&Called=...&FromCountry=IQ&CallerName=...

    POST /twilio/voice?step=3 ... the same, CallStatus=in-progress, and: &Digits=1&msg=Gather&FinishedOnKey=
    POST /twilio/voice?step=9 ... after a Dial: &DialCallStatus=completed&DialCallDuration=312&DialBridged=true

A call that we placed tells how it goes. These come out of order, twice, or never:

    POST /twilio/status/offer/abc...
    CallSid=CA9f8b...&CallStatus=completed&SequenceNumber=3&CallDuration=41&Duration=1&Timestamp=Mon%2C+24+Nov...
    &CallbackSource=call-progress-events&Direction=outbound-api&From=...&To=...&SipResponseCode=200

We answer a call with TwiML:

    <?xml version="1.0" encoding="UTF-8"?>
    <Response>
    <Gather input="dtmf" numDigits="1" timeout="6" finishOnKey="" action="https://.../voice?step=3" method="POST">
    <Say voice="Polly.Zeina" language="arb">...</Say></Gather>
    <Redirect method="POST">https://.../voice?step=3</Redirect>
    </Response>

Keys go to `action`; silence falls through to the Redirect, which carries no `Digits`.

We place a call, and an error looks like this (its sentence may hold the number, so it goes no further than `errors`):

    POST /2010-04-01/Accounts/AC.../Calls.json    To=...&From=...&Url=...&Method=POST&StatusCallback=...&Timeout=25
    201 {"sid": "CA9f8b...", "status": "queued", "date_created": "Mon, 24 Nov 2025 10:00:00 +0000", ...}
    400 {"code": 21215, "message": "Account not authorized to call +9647...", "more_info": "https://...", "status": 400}
"""

import re
from collections.abc import Iterable
from typing import Final

API_BASE: Final = "https://api.twilio.com"
XML: Final = "text/xml; charset=utf-8"
SIGNATURE_HEADER: Final = "X-Twilio-Signature"
IDEMPOTENCY_HEADER: Final = "I-Twilio-Idempotency-Token"

CALL_ID: Final = re.compile(r"[A-Za-z0-9-]{2,64}")  # Twilio's CA and 32 hex digits, and Somleng's UUIDs
LONGEST_SAY: Final = 4000  # Twilio takes 4,096 characters in one Say, and 4,000 in a whole document given inline

Form = Iterable[tuple[str, str]]
"""A form's fields in the order they came, a repeated key as often as it was sent: `form.items(multi=True)`."""
