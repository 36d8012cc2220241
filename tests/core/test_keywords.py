"""What people text, and what it is taken for. No "no" is ever taken for a call."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.errors import BrokenScript
from gateway.core.findings import Severity
from gateway.core.keywords import Keywords, Kind, Meaning, Reading, ShiftWish, is_near, match, match_shift
from gateway.core.keywordtable import check_keywords, parse_keywords
from gateway.core.normalising import normalise

FILE = "extortion/keywords.toml"
TABLE = (Path(__file__).parents[2] / "ivr_scripts" / FILE).read_text("utf-8")
KEYWORDS = parse_keywords(TABLE, file=FILE)

# Written as people write; a slash between two messages.
MESSAGES = {
    "negated": """
    لا تتصل / لا تتصلوا بي / لاتتصل / لاتتصلون / لات تصلون / لا، تتصلوا / ما اريد اتصال / ماريد اتصال /
    مااريد مكالمة / مو اتصل / مو هسه اتصلوا بعدين / مو الان اتصلوا / بلا اتصال / بدون اتصال / بلااتصال /
    متتصلون / لا تخابروني / لاتخابروني / لاتدگون / ولا تتصلون / ممنوع الاتصال / لـــا تتصل / لَا تَتَّصِل /
    لاااا تتصل / اتصل لا / لا احتاج مساعدة / ما احتاج مساعدة / لست بحاجة للمساعدة / كافي اتصال / لا / لأ /
    do not call / don't call me / don’t call / dont call / don´t call / no call / no calls please /
    please never call this number / I cannot talk, call later / not now call me later / nocall / dontcall /
    la titasil / latitasil / la tetaslo / ma ared / ma areed itisal / mared itisal / mo itasil / bala itisal /
    mo / تەلەفۆن مەکە / پەیوەندیم پێوە مەکەن / زەنگ لێمەدە / مەکە / telefon neke / نامەوێت پەیوەندی / لاتصلو /
    ماتصلو بي / ولاتتصلوا / لا خطر / مو بخطر / not in danger / لا توقف / dont stop / لا تمسح رقمي /
    do not cancel my request / ما اريد الغاء / i don't want to cancel / رقم غلط / لاتصال /
    أرجوكم لا تتصلوا الآن / لا احد يتصل / لا ترنون / ماريدكم تتصلون / ما أريد أحد يتصل بيّ / مابي اتصال /
    لا للاتصال / لا داعي للاتصال / ماكو داعي تتصلون / الاتصال غير مناسب / مو وقت اتصال / موهسه اتصلوا /
    لايمكن الاتصال / ميصير تتصلون / لا تكلموني / ماتكلموني / لا تدق / لاتدقون علي / لاترنولي / لا مكالمات /
    لا مكالمة / عدم الاتصال / يرجى عدم الاتصال / الرجاء عدم الاتصال بي / لا أوافق على الاتصال / لن اتصل /
    لا يتصل احد / اخوي يمي لا تتصلين / لا تساعدوني / لااريد مساعدة / مااحتاج مساعدة / محتاجة؟ لا /
    اياكم والاتصال / please don't ring me / do not phone / u must not call / dnt call / donot call /
    pls no calls / never call me / can't talk dont call me back / without calling / not call / I said no /
    ma titasil / la tittasloon / latetaslon / ma abi itisal / matkhabroni / mu hassa itaslo /
    mush 3ayza itisal / bidun itisal / la tkhabruni / پەیوەندی مەکەن / تکایە پەیوەندیم پێوە مەکەن /
    زەنگم بۆ لێمەدەن / نا تەلەفۆن / یارمەتیم ناوێت / peywendi meke / telefonim bo meke / na telefon
""",
    "never a call": """
    لاتتصلوش / متتصلوش / ما تتصلوش / لاتتصلن / لاتتصللون / لاتتلصون / لا تصتلون / لاتتصيلون / ماتتصلولي /
    لااتصلوا / لااتصال / مااتصال / لااتصالات / dontcal / donntcall / dont' call / d0nt call / don't. call. /
    noo call / nnot call / Do Not Call / stop calling / لا\u200cتتصل / لا\u200fتتصل / ل ا تتصل / لأ تتصل / لآ تتصل /
    لإ تتصل / ﻻ ﺗﺘﺼﻞ / لا_تتصل / لا-تتصل / لا😡تتصل / مۆ اتصل / مــو اتصل / مومناسب الاتصال / موحلو تتصلون /
    بعد لاتتصلون / بطلوا اتصال / كافي اتصالات / اتصال ممنوع / اتصال لا شكرا / مابدي حدا يتصل / ما بدي مساعدة /
    مش عايزة مكالمة / مب لازم تتصلون / غير راغبة بالاتصال / الاتصال خطر / خطر تتصلون / nocalls /
    no phonecalls / cant take calls / i can not answer calls / calling is dangerous / do'nt call /
    dont u call / not safe to call / unsafe to call / la titaslli / la tatasel / ma titisilun / lattasel /
    he says he will erase
""",
    "stop": """
    توقف / توقفي / توقفوا / تـوقـف! / توقيف / توكف / وقف / أوقفوا الاتصال / إلغاء / الغاء / الغي الطلب /
    إلغاء طلب الاتصال / ستوب / stop / STOP. / Stoppp / stop calling me / unsubscribe / cancel / cancle /
    waqif / ilgha2 / لا اريد اتصال توقف / توقف لا اريد مساعدة / توقف عن الاتصال بي / إلغاء ومسح / end /
    عوفوني / بووەستە / no thanks stop / الغاء المساعدة / leave me alone / توقفففف / تَوَقَّف / ٱلغاء /
    الغااااء / الغاء الطلب رجاءا / STOP STOP / Stop please / please stop / unsubscribe me / UNSUBSCRIBE /
    توقف!!!! / توقف 🙏 / توقف عن الارسال / توقفوا عن ارسال الرسائل / cancel my request / i want to cancel /
    waqfu / tawaqaf / stob / كنسل / الغوا طلبي
""",
    "erase": """
    مسح / امسح / امسحي / امسحوا رقمي / حذف / احذفوا رقمي / مَسْح / masi7 / emsa7 / erase / delete /
    delete my number / سڕینەوە / امسح بياناتي / احذف / imsa7 / Erase. / امسحي رقمي رجاء / اريد مسح رقمي /
    مسح الرقم
""",
    "urgent": """
    خطر / بخطر / انا في خطر / خطرر / انتحار / انتحر / راح انتحر / اقتل نفسي / أقتل نفسي / واقتل نفسي /
    اريد اموت / لا اريد اعيش / ما اريد اعيش / ماريد اعيش / لا أريد أن أعيش / ما عاد اريد اعيش /
    ما اكدر بعد راح انتحر / لا احد يساعدني راح انتحر / اخاف لا يذبحني / ابوي راح يقتلني / يهددني بالقتل /
    الحگوني / khatar / 5atar / 7'a6ar / anta7ir / danger / i am in danger / i'm in danger help me / suicide /
    i want to kill myself / i dont want to live / I don't want to live anymore / مەترسی / لە مەترسیدام /
    خۆم دەکوژم / 🆘 خطر / حياتي بخطر / خـــطـــر / أنا بخطر ساعدوني / خطررررر /
    اهلي راح يذبحوني / راح يقتلوني اهلي / رح اقتل حالي / افكر بالانتحار / أفكر في الانتحار / بدي انتحر /
    الانتحار / إنتحار / انتحآر / ما الي خلق اعيش / كرهت العيشة اريد اموت / طوارئ / مستعجل جدا /
    i will kill my self / gonna kill myself / sucide / suiside / i want to end my life / I don’t wanna live /
    my brother will kill me / emergency / URGENT!! / entahir / ra7 antahir / khatarrrr / 7atar / بخطررر
""",
    "call": """
    اتصل / اتصلي بي / اتصلوا بي / اتصلولي / اتصلو بيه رجاءً / واتصلوا بي / إتصال / ٱتصل / اتـــصـــل /
    اتصاااال / اُتَّصِلوا بي / للاتصال / الاتصال بي لو سمحتوا / اريد مكالمة / خابروني / خابريني /
    خابروني بسرعة / دزولي / دزولي وحدة تحجي وياي / دگولي / رنولي / كلموني رجاء / كلّميني / اريد احچي وياكم /
    ممكن تتصلون بي / ممكن تتصلين / اريد وحدة تتصل بيه / اتصالو بي / اتصلووو / ﺍﺗﺼﻠﻮﺍ / مساعدة / مساعده /
    المساعدة / للمساعدة / والمساعدة / مُسَاعَدَة / مسعادة / مصاعدة / مساعدا / مساعدت / مسعدة / ﻣﺴﺎﻋﺪة /
    المصاعدة / ساعدوني / ساعدني / ساعديني / وساعدوني الله يخليكم / محتاجة مساعدة / محتاجه مساعده / نجدة /
    ابتزاز / ابتزار / ابتزاس / إبتزاز إلكتروني / يهددني / يبتزني / صوري عنده / صوري / musa3ada / MOSA3ADA /
    sa3duni / sa3deeni / sa3doooni plz / itasil / etasel biya / ittaslu / ibtizaz / khabroni / 5abruni /
    yihaddidni / yarmati / یارمەتی / یارمه\u200cتی / یارمەتیم بدەن تکایە / تەلەفۆنم بۆ بکە / هەڕەشەم لێدەکات /
    alîkarî / help / HELP!!! / heeelp / help me plz / call me / please call / CALLLL ME / callme /
    can you ring me / he is blackmailing me / blakmail / i want to talk to someone / 📞 call me 🙏 /
    محتاجة مساعده ضروري / ساعدووووني / ساعدوي / ساعدونيي / مساعدةة / اتصلوا بية / إتصلي بي من فضلكِ / أتصلوا /
    اتصال رجاء / بتزوني بصوري / واحد بتزني / يبتزنى / يهددنى / يهدنني / يهددتني / هددني بصوري /
    اخذ صوري ويهددني / نجده / النجده / عندي ابتزاز / مبتز يبتزني / أحتاج مساعدتكم / احتاج مساعدة /
    اريد مساعدة بسرعة / i need help / need assistance / somebody is threatening me / hes threatning me /
    blackmial / blackmale / extorsion / extorion / plz call / call plz / giv me a call / hlep me / helpp /
    sa3edni / msa3ada / musa3adaa / moosa3ada / sa3doni 3andi moshkila / kallmooni / کۆمەک / یارمەتیم پێویستە /
    يارمەتي / یارمه\u200cتیم بده\u200cن / تکایە تەلەفۆن بکەن / hawar
""",
    "information": """
    معلومات / معلومة / معلوومات / معلوملت / اريد معلومات / المعلومات / نصيحة / نصائح / دزولي معلومات /
    ma3lumat / ma3loomat / nasi7a / nassi7a / info / information / زانیاری / ما هي المعلومات / شسوي /
    what should i do / ما ادري شسوي / معلومت / معلمومات / معلوات / اريد نصيحه / نصايح / ma3loomaat /
    infomration / informaton / advise / tips please / زانياري
""",
    "unknown": """
    مسج / مصح / مسخ / ماسح / توقع / موقف / توفق / تصل / اصل / متصل / deletee it / انتظار / انا بالانتظار /
    انتشار / شكرا ساعدتوني / 😭😭 / hello / سلام عليكم / كيف اوقف الابتزاز / ساعدوني امسح صوري / ساعدوني توقف /
    ما اعرف شسوي ساعدوني / لا تتركوني / 07701234567 / 12 / كم الساعة / السلام عليكم ورحمة الله وبركاته /
    who is this / منو انت
""",
}
SAID = [(wanted, text) for wanted, block in MESSAGES.items() for text in " ".join(block.split()).split(" / ")]
NOES = sorted(word for word, kind in KEYWORDS.words.items() if kind is Kind.NO)
ASKING = sorted(
    word
    for word, kind in KEYWORDS.words.items()
    if kind in {Kind.CALL, Kind.HELP, Kind.PLIGHT, Kind.CONTACT, Kind.WISH}
)
REACHING = [
    word
    for word in ASKING
    if len(word) > 3 and KEYWORDS.words[word] in {Kind.CALL, Kind.CONTACT} and not word.startswith(KEYWORDS.negating)
]
LISTED = sorted(word for word, kind in KEYWORDS.words.items() if kind in {Kind.STOP, Kind.CALL, Kind.HELP, Kind.ERASE})
UNSEEN = [*map(chr, (0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202E, 0x2066, 0x2069, 0xFEFF))]
MARKS = [*map(chr, range(0x64B, 0x653)), chr(0x670), chr(0x301)]


def a_table(**sections: Any) -> str:
    """The text of a small table: each section's words, the others with a word of their own."""
    words = {kind.value: [f"{'qwxzjkvbfghmnpr'[place] * 2}{place}"] for place, kind in enumerate(Kind)} | sections
    usual = "\n".join(f"[{kind}]\nen = {words[kind]!r}" for kind in Kind)
    joined = '[joined]\nand = ["\u0648"]\nparticles = ["\u0627\u0644"]\nnegating = ["dont"]'
    return f'{usual}\n{joined}\n[shift]\non = ["on"]\noff = ["off"]\n'


def small(**sections: Any) -> Keywords:
    return parse_keywords(a_table(**sections), file=FILE)


# --- messages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("wanted", "text"), SAID)
def test_a_message_is_taken_for_what_its_writer_meant(wanted: str, text: str) -> None:
    meaning = match(text, KEYWORDS).meaning

    assert meaning is not Meaning.CALL if wanted == "never a call" else meaning == wanted


@pytest.mark.parametrize("text", ["1", "١", "۱", "１", "①", "1\ufe0f\u20e3", " ١ ", "1.", "(1)", "\u200f1\u200e", "१"])
def test_a_lone_digit_of_any_script_is_a_key(text: str) -> None:
    reading = match(text, KEYWORDS)

    assert reading == Reading(Meaning.KEY, "1")


def test_a_secret_number_is_read_only_where_it_is_asked_for() -> None:
    unasked, asked = match("٤٧", KEYWORDS), match("٤٧", KEYWORDS, digits=2)

    assert unasked == Reading(Meaning.UNKNOWN)
    assert asked == Reading(Meaning.KEY, "47")


@pytest.mark.parametrize("text", ["07701234567", "٠٧٧٠١٢٣٤٥٦٧", "1 2", "0" * 4000])
def test_a_telephone_number_is_no_key(text: str) -> None:
    assert match(text, KEYWORDS, digits=3) == Reading(Meaning.UNKNOWN)


def test_what_was_typed_does_not_show_in_a_reading() -> None:
    assert "47" not in repr(match("47", KEYWORDS, digits=2))


# --- a "no" ------------------------------------------------------------------------------------------


@given(st.sampled_from(NOES), st.lists(st.sampled_from([*ASKING, "qwe"]), max_size=6), st.integers(0, 6))
def test_no_message_with_a_no_in_it_is_a_call(no: str, words: list[str], place: int) -> None:
    text = " ".join([*words[:place], no, *words[place:]])

    assert match(text, KEYWORDS).meaning is not Meaning.CALL


@given(st.sampled_from(NOES), st.text(max_size=60), st.text(max_size=60))
def test_no_no_is_lost_in_other_text(no: str, before: str, after: str) -> None:
    assert match(f"{before} {no} {after}", KEYWORDS).meaning is not Meaning.CALL


@given(st.sampled_from(KEYWORDS.negating), st.sampled_from(REACHING), st.data())
def test_a_no_joined_to_a_word_is_no_call_with_a_letter_missing_or_doubled_either(
    no: str, asking: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(1, len(asking)))
    missing = no + asking[: place - 1] + asking[place:]
    doubled = no + asking[:place] + asking[place - 1 :]
    words = {word for word in (missing, doubled) if no.isascii() == word.isascii()}

    meanings = {match(word, KEYWORDS).meaning for word in words}

    assert Meaning.CALL not in meanings


def test_a_text_too_long_to_be_read_whole_is_no_call() -> None:
    text = "اتصلوا " * 300 + "لا"

    assert match(text, KEYWORDS).meaning is Meaning.UNKNOWN


def test_danger_beside_a_refused_call_rings_nobody_and_is_not_lost() -> None:
    reading = match("please do not call, he will kill me", KEYWORDS)

    assert reading == Reading(Meaning.NEGATED, danger=True)


@pytest.mark.parametrize(
    "text",
    [
        "he will kill me if you call",
        "if you call my brother will kill me",
        "اذا تتصلون راح يقتلوني",
        "لو تتصلون اخوي يذبحني",
        "يذبحوني اذا اتصلتوا",
        "لما تتصلون يضربني",
    ],
)
def test_whoever_would_be_killed_by_a_call_is_not_rung_and_not_lost(text: str) -> None:
    assert match(text, KEYWORDS) == Reading(Meaning.NEGATED, danger=True)


def test_danger_beside_a_stop_word_is_a_stop_and_is_not_lost() -> None:
    reading = match("stop. i am in danger", KEYWORDS)

    assert reading == Reading(Meaning.STOP, danger=True)


def test_who_does_not_want_to_live_is_heard_when_she_asks_for_a_call_as_well() -> None:
    assert match("i dont want to live. call me", KEYWORDS).meaning is Meaning.URGENT


# --- how a word is written ---------------------------------------------------------------------------


@given(st.sampled_from(LISTED), st.lists(st.tuples(st.integers(0, 12), st.sampled_from([*UNSEEN, *MARKS, "ـ"]))))
def test_marks_tatweel_and_bidi_controls_change_no_meaning(word: str, added: list[tuple[int, str]]) -> None:
    written = word
    for place, character in added:
        written = written[:place] + character + written[place:]

    assert match(written, KEYWORDS) == match(word, KEYWORDS)


@given(st.sampled_from(LISTED), st.lists(st.sampled_from(["🙏", "❤\ufe0f", "™", "ℹ\ufe0f", "!", "؟", "،", "."])))
def test_emoji_and_punctuation_around_a_word_change_no_meaning(word: str, around: list[str]) -> None:
    assert match("".join(around) + word + "".join(around), KEYWORDS) == match(word, KEYWORDS)


@given(st.sampled_from(LISTED), st.integers(0, 12), st.integers(3, 9))
def test_nothing_else_is_done_when_a_letter_is_drawn_out(word: str, place: int, times: int) -> None:
    """Two letters drawn out become one, and "for a call" looks like "no call": she is asked, and nothing is done."""
    letter = word[min(place, len(word) - 1)]
    drawn_out = word.replace(letter, letter * times, 1)

    asked = {Meaning.UNKNOWN, Meaning.NEGATED}
    assert match(drawn_out, KEYWORDS).meaning in {match(word, KEYWORDS).meaning, *asked}


@given(st.sampled_from(sorted(w for w, k in KEYWORDS.words.items() if k is Kind.ERASE)), st.integers(0, 12), st.data())
def test_erasing_is_never_guessed(word: str, place: int, data: st.DataObject) -> None:
    letter = data.draw(st.sampled_from(word))
    wrong = word[:place] + letter + word[place + 1 :]

    meaning = match(wrong, KEYWORDS).meaning

    assert (meaning is Meaning.ERASE) == (KEYWORDS.words.get(normalise(wrong)) is Kind.ERASE)


@given(st.text(max_size=200))
def test_any_text_has_a_meaning(text: str) -> None:
    assert match(text, KEYWORDS).meaning in Meaning


@pytest.mark.parametrize("text", ["\ud800", "\udfff\ud800 اتصل", "\x00", "\u064b" * 4000, "ـ" * 4000, "\u202e" * 4000])
def test_nothing_that_a_phone_can_send_breaks_it(text: str) -> None:
    assert match(text, KEYWORDS).meaning in Meaning


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("helping", "helpin", True),
        ("help", "hlep", True),
        ("help", "heap", True),
        ("help", "halt", False),
        ("abcd", "badc", False),
        ("", "a", True),
        ("ab", "ab", True),
        ("abc", "cab", False),
    ],
)
def test_near_is_one_letter_or_two_neighbours_swapped(one: str, other: str, near: bool) -> None:
    assert is_near(one, other) is is_near(other, one) is near


# --- responders --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("On", ShiftWish.ON),
        ("متاحة", ShiftWish.ON),
        ("جاهزه!", ShiftWish.ON),
        ("off.", ShiftWish.OFF),
        ("غير متاحة", ShiftWish.OFF),
        ("go on", None),
        ("onn", None),
        ("", None),
    ],
)
def test_a_responder_comes_and_goes_by_one_exact_word(text: str, wish: ShiftWish | None) -> None:
    assert match_shift(text, KEYWORDS) is wish


# --- the table ---------------------------------------------------------------------------------------


def test_our_table_has_no_error() -> None:
    errors = [finding for finding in check_keywords(TABLE, file=FILE) if finding.severity is Severity.ERROR]

    assert errors == []


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        ({"stop": ["halt"], "call": ["HALT!"]}, "in 'stop' as well"),
        ({"call": ["\u064b\u064c"]}, "no letter"),
        ({"call": ["please do call"], "no": ["do"]}, "a 'no' in it"),
        ({"call": ["waiting"], "information": ["baiting", "waitinn"]}, "one letter from"),
    ],
)
def test_a_table_that_would_mislead_is_refused(sections: dict[str, list[str]], words: str) -> None:
    with pytest.raises(BrokenScript, match=words) as refused:
        small(**sections)

    assert FILE in str(refused.value)


@pytest.mark.parametrize(
    "text", ["not toml", "", "[call]\nen = 4", a_table() + "[others]\nen = ['a']", a_table(call="x")]
)
def test_a_table_that_cannot_be_read_is_refused_with_its_name(text: str) -> None:
    with pytest.raises(BrokenScript, match=FILE):
        parse_keywords(text, file=FILE)


def test_an_erase_word_one_letter_from_another_meaning_is_told() -> None:
    findings = check_keywords(a_table(erase=["wipe"], call=["pipe"]), file=FILE)

    assert [finding.severity for finding in findings] == [Severity.WARNING]


def test_a_word_between_two_meanings_is_not_guessed() -> None:
    keywords = small(call=["callers"], information=["callexx"])

    reading = match("callexs", keywords)

    assert reading == Reading(Meaning.UNKNOWN)
