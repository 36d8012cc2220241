"""A second list of what people text, beside that of `test_keywords`: by what they mean, a slash between two.

A "no" in any form is never a call; what is in doubt gets the menu. Nobody who speaks these languages at home has
reviewed the list yet.
"""

import pytest

from gateway.core.keywords import Meaning, Reading, match
from tests.core.test_keywords import KEYWORDS

MESSAGES = {
    "negated": """
    لا تتصلي / لا تتصلون / ما اريد اتصال / بدون اتصال / don't call me / do not ring / ما تتصلون / لتتصلين / لا تدگون
    عليه / لتدگون / لا تخابرين / لتخابروني / مو وقتها / مو هسه / مو وقت / كافي رسائل / لا ترسلون / لا تدزون رسايل /
    no / nope / لا / لأ / لا شكرا / كلا / la titaslo / la titaslun / la ttaslon / ma areed itisal / bidoon itisal /
    bla ittisal / la tkhabroni / latdigon / پەیوەندی مەکە / پەیوەندی مەکەن / تەلەفۆنم بۆ مەکە / نەخێر / ولا تتصلون /
    فلا تتصلوا / وما اريد اتصال / وبدون اتصال / ليش ما تتصلون / ليش ما اتصلتوا / ما اتصلتو بيه / ما رديتوا علي / ما
    حد اتصل / nobody called me / why did you not call / you didn't call / مااريدكم تتصلون / مااريد احد يتصل /
    ماتتصلون / متتصلون / ماتدگون / لاتتصلون / لا ت ت ص ل / لا تتصلو / لا تتصل بي / لا تتصلوا بي / لااتصال / مو اتصال
    / بلا اتصالات / من دون اتصال / بدون مكالمات / دون اتصال / لا ترنوا / ممنوع تتصلون / حرام تتصلون / مو زين تتصلون
    / ارجو عدم الاتصال بهذا الرقم / رجاءً لا أحد يتصل بي / لا أرغب بالاتصال / لا أريد أن تتصلوا / لا احتاج اتصالكم /
    ما اكدر اجاوب / ما اكدر احجي / ما اكدر اتكلم / لا استطيع الكلام / لا استطيع الرد / مو لوحدي / انا مو وحدي / زوجي
    يمي لا تتصلون / اكتبوا بس لا تتصلون / بس رسائل لا اتصال / no voice / dont ring my phone / please don’t phone /
    never phone me / no phone / do not contact me / dont contact / I don't want a call / i do not want any calls / i
    dont need a call / not a good time / cant answer / cannot speak / I can't speak now / he is here dont call /
    husband home no call / pls no / plz dont / dont u dare call / do n't call / dont-call / DON'T CALL!!! / doont
    call / dooont call / donttt call / dontcallme / donotcall / nocall please / call me not / call no / not calling
    / without call / anything but a call / لا تتصلي بي لو سمحتي / لا تتصلين بيه هسه / لا تتصلين هسه / لا تتصلون هسه
    / هسه لا تتصلون / بعدين مو هسه / مو الحين / مو الان / ليس الان / ليس الآن اتصلوا لاحقا / لا تتصلوا الليلة / لا
    تتصلون بالليل / لا تتصلون باجر / لاتتصلو ابد / ابد لا تتصلون / ابدا لا تتصلوا / لن أرد على الاتصال / لا ترد / لا
    تردون / لا احد يدق / محد يتصل / ماحد يتصل / ولا اتصال / ولا مكالمة / ولا احد يتصل / لا مو اتصال / اتصال؟ لا /
    اتصل؟ لا / تتصلون؟ لا لا / لا لا لا / لأاا / لاااااا / مابيه اتصال / ماعايزة اتصال / مش عاوزة حد يتصل / مش عايزة
    اتصال / مابغى اتصال / ما ابغى تتصلون / ما ودي تتصلون / ما ابي احد يتصل / مب لازم اتصال / مهب لازم / ماله داعي
    الاتصال / ماكو داعي للاتصال / لا داعي للاتصال / لا لزوم للاتصال / لا حاجة للاتصال / لا ضرورة للاتصال / غنيه عن
    الاتصال / استغني عن الاتصال / تجنبوا الاتصال / امتنعوا عن الاتصال / كافي تتصلون / خلاص لا تتصلون / خلص لا تتصلون
    / يكفي اتصال / رفض اتصال / ارفض الاتصال / مرفوض الاتصال / اعتذر عن الاتصال / قطع الاتصال / la titsl / la
    titislun / la tit9il / la tetsl / matitaslo / ma titaslo / ma tetaslon / bdon itisal / bidun mukalama / bla
    mukalamat / la mukalama / mu itisal / mo itaslo / mo hassa / mu hassa / mo hasa itaslo / la tdugun / la tdigon /
    latdigoon / ma tdugon / la trinon / la tkalmuni / la tkalmoni / ma tkalmoni / ma ared a7ad yitasil / ma aridkum
    titaslun / mamnu3 titaslun / ma abi / mabi t7akoni / la tab3athu / lan arud / kafi titaslun / پەیوەندیم پێوە
    مەکەن / تەلەفۆن مەکەن / زەنگم بۆ مەکەن / زەنگ مەدەن / تەلەفۆنم نەکەن / پەیوەندی مەکە تکایە / نامەوێت تەلەفۆن
    بکەن / نامەوێت پەیوەندیم پێوە بکەن / نەکەن / پەیوەندی نەکەن / نا / نەخێر سوپاس / بێ تەلەفۆن / بەبێ پەیوەندی /
    i'd rather not be called / no need to call / prefer not to talk
""",
    "negated_danger": """
    خطر اذا تتصلون / اذا تتصلون يقتلوني / لو تتصلون يذبحني / calling me puts me in danger / your call will put me in
    danger / الاتصال يعرضني للخطر / اتصالكم يعرض حياتي للخطر
""",
    "stop": """
    stop calling / توقف / ايقاف / وقفوا / بطلوا / الغاء / الغي / الغاء الطلب / كنسل / stop / Stop! / unsubscribe /
    cancel / end / quit / waguf / wagfo / ilgha2 / ڕاگرتن / بوەستە / وتوقف / فتوقف / والغاء / وتوقفوا رجاء / ووقفوا
    / توقفوا عن الاتصال / كفوا عن الاتصال / بطلوا تتصلون / الغاء الاتصال / الغوا الاتصال / اقطعوا الاتصال
""",
    "erase": """
    مسح / امسحوا رقمي / احذف رقمي / delete / erase my number / forget me / remove my number / انسوني / انسوا رقمي /
    emsa7 / سڕینەوە
""",
    "urgent": """
    ابوي يضربني / زوجي يضربني / اهلي يقتلوني / راح اذبح نفسي / ما اريد اعيش / مليت من عمري / اريد انهي حياتي / تعبت
    اريد اموت / راح اشرب سم / بلعت حبوب / الحقوني / الحكوني / انقذوني / sos / khatar / 5atar / ri7 antahir / ra7
    amoot / مەترسیدام / خۆم دەکوژم / بخطر / وخطر / he puts me in danger / هو يعرضني للخطر
""",
    "call": """
    call me later / اتصلي بي بعدين / احتاج مساعده / اريد احچي وياكم / خابروني / ابتزني / هددني / ينشر صوري / بعدين
    اتصلي / اتصلوا بعد ساعة / اتصلو باجر / خابروني باجر / خابروني العصر / اتصلي العصر / دقوا لي / دكولي / رنيلي /
    رني علي / احجي وياكم / ابي احجي / اريد وحدة احجي وياها / اريد اكلم وحدة / اريد اكلم مرة / كلموني بعدين / حاچوني
    / حاجيني / ساعدوني دخيلكم / الله يخليكم ساعدوني / دخيلك ساعديني / فزعوا لي / عاونوني / عاونيني / اعينوني /
    ساعدونا / محتاجتكم / محتاجة احد يسمعني / محتاجه احد / عندي مشكله / انا بمشكلة / انا بورطه / وكعت بمشكلة / واكعة
    بورطة / واحد يبتزني / اكو واحد يهددني / شخص يهددني / يريد صور / يريد مني صور / طالب فلوس / يطلب مني صور / راح
    ينشر صوري / رح ينشر صوري / ينشرون صوري / نزل صوري / نشر صوري / نزل صوري بالفيس / يهددني بصوري / مسوي حساب باسمي
    / سوى حساب وهمي باسمي / فبرك صوري / صور مفبركة / هكر الفيس / انسرق حسابي / سرقوا حسابي / تهكر انستا / هكروني /
    مهكرني / يساومني / يساومني على صوري / يراقبني / يلاحقني / ابن عمي يبتزني / خطيبي السابق يهددني / طليقي يهددني /
    اخوي يهددني / نجدة / النجده / help me / pls help / helppp / call / CALL / Call me pls / ring me / phone me / can
    u call me / i want you to call / talk to me / i need to talk / someone is blackmailing me / he has my pics / he
    posts my photos / he wants money / he will publish my photos / leak my pictures / nudes / sextortion / ساعدوني
    شسوي / musa3ada / sa3duni / itslo / itaslo biya / khabroni / 5abrooni / dgoli / digoli / kalmoni / a7chi wyakum
    / yhadidni / yihadedni / yebtezni / ybtzni / ibtizaz / suwari / yinshur suwari / یارمەتی / یارمەتیم بدە /
    پەیوەندیم پێوە بکەن / تەلەفۆنم بۆ بکە / هەڕەشەم لێ دەکات / وێنەکانم بڵاو دەکاتەوە / بڵاوی دەکاتەوە / تكایە
    یارمەتیم بدەن / فریام بکەون / واتصلوا / فاتصلوا / بالاتصال / للاتصال / وساعدوني / ومساعدة / فساعدوني / ياريت
    تتصلون / ممكن احد يتصل / ممكن مكالمة / اريد مكالمه / اريد اتصال / اريد اتصالكم / انتظر اتصالكم / انتظر اتصال /
    بانتظار اتصالكم / waiting for your call / please call back / callback / call back
""",
    "information": """
    info / information pls / advice / نصائح / معلومات / شنو اسوي / شسوي / ماذا افعل / nasa2e7 / ma3lomat / زانیاری /
    ئامۆژگاری / ومعلومات / للمعلومات
""",
    "unknown": """
    دزولي رقم / اموت / موت / 911 / ta3alo / الى متى تتصلون / وين انتو / متى تتصلون / شوكت تتصلون / no one called /
    لو تتصلون / ok / اوكي / نعم / اي / تمام / ماشي / زين / yes / hi / مرحبا / هلو / السلام عليكم / شكرا / thanks /
    اهلي يمي / رسايل بس / فقط رسائل / اريد رسائل فقط / text only / only text me / texts only please / bad time /
    callnot / لاحد يتصل / لالالا / latitslon / matetslo / هیچ پەیوەندییەک
""",
}
SAID = [(wanted, text) for wanted, block in MESSAGES.items() for text in " ".join(block.split()).split(" / ")]
REFUSED = [text for wanted, text in SAID if wanted in {"negated", "negated_danger"}]


def reading(text: str) -> Reading:
    return match(text, KEYWORDS)


@pytest.mark.parametrize(("wanted", "text"), SAID)
def test_a_message_leads_where_its_writer_wants(wanted: str, text: str) -> None:
    assert reading(text).entry == wanted


@pytest.mark.parametrize("text", REFUSED)
@pytest.mark.parametrize(
    "frame", ["{} رجاء", "الله يخليكم {}", "{} please", "{}!!! 🙏", "{} اتصل", "help {}", "سلام عليكم {}"]
)
def test_a_refusal_is_never_a_call_whatever_stands_around_it(frame: str, text: str) -> None:
    assert reading(frame.format(text)).meaning not in {Meaning.CALL, Meaning.URGENT}
