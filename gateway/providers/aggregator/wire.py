"""What USSD aggregators send and expect: one conversation in many spellings, each described by a table of settings.

Read this folder in the order wire, fieldmap, ussd.

Four spellings in use, all of them covered by a `FieldMap`, each with its table in tests/providers/aggregator:

    POST {"sessionid": "a1", "new": true, "msisdn": "9647...", "network": 3, "message": "", "extension": "109"}
         {"message": "<screen>", "reply": true}

    POST {"ussdString": "*1234#", "msisdn": "+9647...", "ussdServiceOp": "1", "sessionID": "12", "code": "*1234#"}
         {"message": "<screen>", "ussdServiceOp": 2}                          1 dials, 18 answers, 29 and more hang up

    GET  ?session_operation=begin&session_msisdn=9647...&session_id=12&session_msg=&session_from=*4441%23
         {"session_operation": "continue", "session_type": 1, "session_id": "12", "session_msg": "<screen>"}

    GET  ?SESSIONID=12&USSDCODE=*415%23&MSISDN=9647...&INPUT=*415*33*1%23      all keys so far, after the code
         CON <screen>

The table for the first, in TOML:

    session = "sessionid"
    number = "msisdn"
    text = "message"
    code = "extension"
    body = "json"
    phase = { field = "new", first = ["true"] }
    answer = { screen = "message", flag = "reply", more = true, last = false }
"""
