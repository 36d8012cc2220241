"""A small script with every kind of node, for the tests of the script machinery."""

from gateway.core.directory import Numbers
from gateway.core.script import Script
from gateway.core.scriptfile import ScriptFiles, read_script
from gateway.core.wording import Wording

FLOW = """
[script]
name = "small"
start = "greeting"
languages = ["ar", "en"]
channels = ["voice"]
urgent = "urgent"

[node.greeting]
say = "greeting"
next = "menu"

[node.menu]
ask = "menu"
short = "menu_short"
repeat = "0"
lost = "goodbye"
[node.menu.keys]
1 = "urgent"
2 = { to = "own", set = { time = "morning" } }
3 = "numbers"

[node.urgent]
say = "urgent"
next = "hold_line"

[node.hold_line]
do = "hold_line"
[node.hold_line.outcomes]
kept = "wait"
"*" = "goodbye"

[node.wait]
hold = 4
next = "check_line"

[node.check_line]
do = "check_line"
[node.check_line.outcomes]
ready = "meet"
waiting = "leave"
"*" = "goodbye"

[node.leave]
ask = "leave"
wait = 2
once = true
lost = "wait"
[node.leave.keys]
9 = "goodbye"

[node.meet]
join = { limit_minutes = 45 }
next = "goodbye"

[node.own]
digits = "own"
slot = "own"
count = 0
next = "keep"
silence = "keep"
lost = "keep"

[node.keep]
do = "request_callback"
[node.keep.outcomes]
kept = "confirm"
"*" = "goodbye"

[node.confirm]
say = "confirm"
next = "quiet_end"

[node.quiet_end]
end = true

[node.numbers]
say = "police"
next = "goodbye"

[node.goodbye]
end = "goodbye"
"""

ENGLISH = """
[late]
voice = "One moment."
[unavailable]
voice = "The line is out of order."
[again]
voice = "We did not catch that."
[greeting]
voice = "Welcome. You can hang up at any moment."
[menu]
voice = "In danger now: one. A call back: two. Numbers: three. To repeat: zero."
[menu_short]
voice = "Danger: one. Call: two. Numbers: three."
[urgent]
voice = "Stay with us."
[leave]
voice = "To stop waiting, press nine."
[own]
voice = "If you have a secret number, press it now."
[confirm]
voice = "Done. We will call you {time}. Your secret number is {secret}."
[police]
voice = "The community police have the number {police}. It is your decision."
[police_muted]
voice = "We do not know the number of the community police today."
[goodbye]
voice = "You are not alone. Goodbye."
"""

ARABIC = """
[late]
voice = "لحظة من فضلكِ."
[unavailable]
voice = "الخط متعطل الآن."
[again]
voice = "لم نسمع اختياركِ."
[greeting]
voice = "أهلاً بكِ. تستطيعين الإغلاق في أي لحظة."
[menu]
voice = "إذا كنتِ في خطر الآن، اضغطي واحد. لنتصل بكِ، اضغطي اثنين. للأرقام، اضغطي ثلاثة. للإعادة، اضغطي صفر."
[menu_short]
voice = "خطر، واحد. اتصال، اثنان. أرقام، ثلاثة."
[urgent]
voice = "ابقي معنا."
[leave]
voice = "لترك الانتظار، اضغطي تسعة."
[own]
voice = "إذا كان لديكِ رقم سر، اضغطيه الآن."
[confirm]
voice = "تمّ. نتصل بكِ {time}. رقم السر {secret}."
[police]
voice = "رقم الشرطة المجتمعية {police}. القرار لكِ وحدكِ."
[police_muted]
voice = "لا نعرف رقم الشرطة المجتمعية اليوم."
[goodbye]
voice = "أنتِ لستِ وحدكِ. مع السلامة."
"""

ENGLISH_VALUES = """
digits = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
[time]
now = "now"
morning = "in the morning"
"""

ARABIC_VALUES = """
digits = ["صفر", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة"]
[time]
now = "الآن"
[time.morning]
voice = "الصبح"
"""

NUMBERS = Numbers({"police": "497"}, frozenset())
MUTED = Numbers({}, frozenset({"police"}))


def files(
    flow: str = FLOW,
    *,
    english: str = ENGLISH,
    arabic: str = ARABIC,
    english_values: str = ENGLISH_VALUES,
    arabic_values: str = ARABIC_VALUES,
    recordings: frozenset[str] = frozenset(),
) -> ScriptFiles:
    """The small script's files, some of them perhaps changed."""
    return ScriptFiles(
        name="small",
        flow=flow,
        sentences={"ar": arabic, "en": english},
        values={"ar": arabic_values, "en": english_values},
        recordings=recordings,
    )


def small(sources: ScriptFiles | None = None, *, numbers: Numbers = NUMBERS) -> tuple[Script, dict[str, Wording]]:
    """The small script and its wordings."""
    return read_script(sources or files(), numbers=numbers)


def english(sources: ScriptFiles | None = None, *, numbers: Numbers = NUMBERS) -> Wording:
    """The small script's English wording."""
    return small(sources, numbers=numbers)[1]["en"]
