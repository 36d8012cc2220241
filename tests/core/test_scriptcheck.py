"""A script that would fail a caller is refused, with a sentence that says where and what to do."""

import pytest

from gateway.core.directory import Numbers
from gateway.core.findings import Finding, Severity
from gateway.core.scriptcheck import check_script
from gateway.core.scriptfile import ScriptFiles
from tests.core.small_script import ARABIC, ARABIC_VALUES, ENGLISH, ENGLISH_VALUES, FLOW, MUTED, NUMBERS, files, small


def findings(sources: ScriptFiles | None = None, *, numbers: Numbers = NUMBERS) -> list[Finding]:
    script, wordings = small(sources, numbers=numbers)
    return check_script(script, wordings)


def errors(sources: ScriptFiles | None = None, *, numbers: Numbers = NUMBERS) -> list[str]:
    return [str(found) for found in findings(sources, numbers=numbers) if found.severity is Severity.ERROR]


def test_a_good_script_has_no_findings() -> None:
    assert findings() == []


OTHER_NODES = '[node.{}]\nsay = "greeting"\nnext = "{}"\n'
NO_REPEAT = FLOW.replace('repeat = "0"\n', "")
FIVE = FLOW.replace('3 = "numbers"', '3 = "numbers"\n4 = "goodbye"\n5 = "goodbye"')
URGENT_LAST = FLOW.replace('1 = "urgent"\n', "").replace('3 = "numbers"', '3 = "numbers"\n1 = "urgent"')
URGENT_ELSEWHERE = FLOW.replace('1 = "urgent"', '1 = "numbers"').replace('3 = "numbers"', '3 = "urgent"')
TRAPPED = FLOW.replace('next = "goodbye"\n\n[node.goodbye]', 'next = "greeting_too"\n\n[node.goodbye]')
TRAPPED += OTHER_NODES.format("greeting_too", "numbers")
SILENT_RING = FLOW.replace('short = "menu_short"\nrepeat = "0"\nlost = "goodbye"', 'repeat = "0"\nlost = "greeting"')


@pytest.mark.parametrize(
    ("flow", "told"),
    [
        (FLOW.replace('next = "menu"', 'next = "meun"'), "node 'greeting': 'next' leads to 'meun', which is no node"),
        (FLOW.replace('lost = "wait"', 'lost = "wiat"'), "node 'leave': 'lost' leads to 'wiat', which is no node"),
        (FLOW.replace('start = "greeting"', 'start = "x"'), "script: 'start' names 'x', which is no node"),
        (FLOW.replace('urgent = "urgent"', 'urgent = "x"'), "script: 'urgent' names 'x', which is no node"),
        (FLOW.replace('start = "greeting"', 'start = "greeting"\ngone = "x"'), "script: 'gone' names 'x', which is no"),
        (FLOW.replace('start = "greeting"', 'start = "greeting"\ngone = "menu"'), "script: 'gone' names 'menu', which"),
        (FLOW + OTHER_NODES.format("alone", "menu"), "node 'alone': nothing leads here"),
        (TRAPPED, "node 'greeting_too': no way leads out of here"),
        (NO_REPEAT, "node 'menu': nothing repeats this menu"),
        (FIVE, "node 'menu': 5 options"),
        (URGENT_LAST, "node 'menu': the urgent way must come first"),
        (URGENT_ELSEWHERE, "node 'menu': the urgent way must come first"),
        (SILENT_RING, "node 'greeting': who stays silent comes back here again and again"),
    ],
)
def test_a_flow_that_would_fail_a_caller_is_refused(flow: str, told: str) -> None:
    assert flow != FLOW

    found = errors(files(flow))

    assert any(f"error: small/flow.toml: {told}" in one for one in found), found


def test_four_options_and_a_key_to_repeat_are_not_too_many() -> None:
    assert errors(files(FLOW.replace('3 = "numbers"', '3 = "numbers"\n4 = "goodbye"'))) == []


def test_a_script_for_staff_needs_no_urgent_way() -> None:
    flow = URGENT_ELSEWHERE.replace('urgent = "urgent"\n', "", 1)

    assert errors(files(flow)) == []


def test_what_the_services_cannot_do_or_may_answer_is_refused() -> None:
    script, wordings = small(files(FLOW.replace('kept = "wait"\n"*" = "goodbye"', 'kept = "wait"\nlost = "goodbye"')))
    effects = {
        "hold_line": frozenset({"kept", "over"}),
        "check_line": frozenset({"ready", "waiting", "over"}),
    }

    found = [str(one) for one in check_script(script, wordings, effects=effects)]

    assert found == [
        "error: small/flow.toml: node 'hold_line': 'hold_line' may answer 'over'; say where that leads.",
        "error: small/flow.toml: node 'hold_line': 'hold_line' never answers 'lost'; remove that outcome.",
        "error: small/flow.toml: node 'keep': nothing does 'request_callback'; known are check_line, hold_line.",
    ]


ENGLISH_SMS = ENGLISH.replace('"\n', '"\nsms = "x"\n')
ARABIC_SMS = ARABIC.replace('"\n', '"\nsms = "x"\n')
WITH_SMS = FLOW.replace('channels = ["voice"]', 'channels = ["voice", "sms"]')


def without(sentences: str, prompt: str) -> str:
    """The sentences without one."""
    before, _, after = sentences.partition(f"[{prompt}]\n")
    return before + after.partition("\n")[2]


@pytest.mark.parametrize(
    ("sources", "told"),
    [
        (files(english=without(ENGLISH, "goodbye")), "small/en.toml: sentence 'goodbye': it is missing"),
        (files(english=without(ENGLISH, "menu_short")), "small/en.toml: sentence 'menu_short': it is missing"),
        (files(arabic=without(ARABIC, "again")), "small/ar.toml: sentence 'again': it is missing"),
        (files(arabic=without(ARABIC, "late")), "small/ar.toml: sentence 'late': it is missing"),
        (files(arabic=without(ARABIC, "unavailable")), "small/ar.toml: sentence 'unavailable': it is missing"),
        (files(WITH_SMS, arabic=ARABIC_SMS), "small/en.toml: sentence 'menu': it has no text for sms"),
        (
            files(english=ENGLISH.replace("{secret}", "{secrte}")),
            "small/en.toml: sentence 'confirm': nothing is known of {secrte}",
        ),
        (
            files(english_values=ENGLISH_VALUES.replace("morning =", "mroning =")),
            "values/en.toml: value 'time', code 'morning': there are no words for it on voice",
        ),
        (
            files(FLOW.replace('time = "morning"', 'time = "noon"')),
            "values/ar.toml: value 'time', code 'noon': there are no words for it on voice",
        ),
    ],
)
def test_what_cannot_be_said_is_refused(sources: ScriptFiles, told: str) -> None:
    found = errors(sources)

    assert any(told in one for one in found), found


BOTH_WAYS = ARABIC_VALUES.replace('voice = "الصبح"', 'voice = "الصبح"\nsms = "الصبح"')


def with_sms(text: str) -> ScriptFiles:
    english = ENGLISH_SMS.replace('Goodbye."\nsms = "x"', f'Goodbye."\nsms = "{text}"')
    return files(WITH_SMS, english=english, arabic=ARABIC_SMS, arabic_values=BOTH_WAYS)


@pytest.mark.parametrize(("letters", "fits"), [(70, True), (71, False)])
def test_a_text_message_has_at_most_70_units(letters: int, fits: bool) -> None:
    assert (errors(with_sms("x" * letters)) == []) is fits


def test_a_text_is_measured_with_its_longest_values() -> None:
    words = "x" * (70 - len("497") - len("000") - len("in the morning"))

    assert errors(with_sms(words + "{police}{secret}{time}")) == []
    assert any("it is 1 over the 70 units" in one for one in errors(with_sms(words + "y{police}{secret}{time}")))


def test_what_is_shown_on_one_screen_is_measured_together() -> None:
    flow = FLOW.replace('channels = ["voice"]', 'channels = ["ussd"]')
    english = ENGLISH.replace("voice =", "ussd =")
    arabic = ARABIC.replace("voice =", "ussd =")

    found = errors(files(flow, english=english, arabic=arabic))

    assert any("small/en.toml: sentence 'greeting' followed by 'menu': on ussd it is" in one for one in found), found


def test_a_stale_number_is_told_as_a_warning_and_its_sibling_must_exist() -> None:
    alone = files(english=without(ENGLISH, "police_muted"))

    told = [str(found) for found in findings(numbers=MUTED)]

    assert told == [
        f"warning: small/{language}.toml: sentence 'police': "
        "{police} was not verified lately: 'police_muted' is said instead."
        for language in ("ar", "en")
    ]
    assert any(
        "small/en.toml: sentence 'police': write 'police_muted' for voice" in one
        for one in errors(alone, numbers=MUTED)
    )
    assert [found.severity for found in findings(alone)] == [Severity.WARNING]


def test_a_muted_sibling_must_not_hold_a_number_itself() -> None:
    english = ENGLISH.replace("We do not know the number", "We do not know {police}, the number")

    assert any("sentence 'police_muted': it holds a number" in one for one in errors(files(english=english)))


def test_a_sentence_that_nothing_says_is_a_warning() -> None:
    found = findings(files(english=ENGLISH + '[forgotten]\nvoice = "x"'))

    assert [str(one) for one in found] == [
        "warning: small/en.toml: sentence 'forgotten': nothing says it; remove it, or use it in the flow."
    ]
