"""Replies in, TwiML out; and every document checked against the provider's own grammar and schema."""

import xml.etree.ElementTree as ET
from datetime import timedelta
from types import MappingProxyType

import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.conversation import Ask, Channel, HangUp, Hold, Join, Prompt, Reply, Say
from gateway.core.errors import BrokenSetting
from gateway.core.wording import Wording
from gateway.providers.twilio.twiml import VOICES, Urls, Voice, hang_up, music, render, unavailable, voice_of
from tests.providers.twilio import vectors

AR = VOICES["ar"]
NEXT = "https://hotline.example.org/twilio/voice?step=3&x='1'"
URLS = Urls(NEXT, "https://hotline.example.org/twilio/voice/music", "https://hotline.example.org/audio/extortion")
WITH_MUSIC = Urls(NEXT, URLS.music, URLS.audio_base, "https://hotline.example.org/audio/hold.wav")
SECONDS = timedelta(seconds=1)
XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
FOLLOWING = NEXT.replace("&", "&amp;")
SENTENCES = {
    "menu": "للطوارئ اضغطي واحد",
    "odd": "a < b & \"c\" ]]> \x00\x07\x9f\ud800\ufffe 'd'",
    "long": "كلمة " * 2000,
    "endless": "x" * 9000,
    "empty": "\x00",
}


def speech(**sentences: str) -> Wording:
    texts = {id: MappingProxyType({Channel.VOICE: text}) for id, text in (SENTENCES | sentences).items()}
    return Wording(
        language="ar",
        sentences=MappingProxyType(texts),
        values=MappingProxyType({}),
        digits=tuple("0123456789"),
        numbers=MappingProxyType({}),
        recordings=frozenset({"ar/greeting.mp3"}),
    )


def said(*ids: str) -> tuple[Prompt, ...]:
    return tuple(Prompt(id) for id in ids)


def rendered(*replies: Reply, urls: Urls = URLS) -> str:
    return render(replies, speech=speech(greeting="مرحبا"), urls=urls, voice=AR)


def body(document: str) -> str:
    assert document.startswith(XML + "<Response>")
    assert document.endswith("</Response>")
    return document.removeprefix(XML + "<Response>").removesuffix("</Response>")


def test_a_question_takes_keys_and_falls_through_to_a_redirect_in_silence() -> None:
    document = rendered(Ask(said("menu"), 1, 6 * SECONDS))

    assert body(document) == (
        f'<Gather input="dtmf" numDigits="1" timeout="6" finishOnKey="" action="{FOLLOWING}" method="POST">'
        '<Say voice="Polly.Zeina" language="arb">للطوارئ اضغطي واحد</Say></Gather>'
        f'<Redirect method="POST">{FOLLOWING}</Redirect>'
    )


def test_a_recorded_sentence_is_played_from_where_recordings_lie() -> None:
    document = rendered(Say(said("greeting")), HangUp())

    assert body(document) == f"<Play>{URLS.audio_base}/ar/greeting.mp3</Play><Hangup/>"


def test_a_hold_is_silence_of_its_length_where_no_music_is_configured() -> None:
    document = rendered(Hold(4 * SECONDS))

    assert body(document) == f'<Pause length="4"/><Redirect method="POST">{FOLLOWING}</Redirect>'


def test_a_hold_is_the_music_file_where_there_is_one() -> None:
    document = rendered(Hold(4 * SECONDS), urls=WITH_MUSIC)

    assert body(document) == f'<Play>{WITH_MUSIC.hold}</Play><Redirect method="POST">{FOLLOWING}</Redirect>'


@pytest.mark.parametrize(("waits", "starts"), [(True, "false"), (False, "true")])
def test_a_meeting_starts_with_the_one_who_does_not_wait_and_ends_with_either(waits: bool, starts: str) -> None:
    document = rendered(Join("roomofletters", 2700 * SECONDS, waits))

    assert body(document) == (
        f'<Dial action="{FOLLOWING}" method="POST" timeLimit="2700"><Conference beep="false"'
        f' startConferenceOnEnter="{starts}" endConferenceOnExit="true" waitUrl="{URLS.music}" waitMethod="POST"'
        ' maxParticipants="2">roomofletters</Conference></Dial>'
    )


def test_nothing_follows_what_ends_a_document() -> None:
    document = rendered(HangUp(), Say(said("menu")))

    assert document == hang_up()


def test_markup_is_escaped_and_what_cannot_be_spoken_is_removed() -> None:
    say = ET.fromstring(rendered(Say(said("odd")), HangUp()).encode())[0]

    assert say.text == "a < b & \"c\" ]]>   'd'"


@pytest.mark.parametrize("id", ["long", "endless"])
def test_no_say_is_longer_than_the_provider_takes_and_none_of_it_is_lost(id: str) -> None:
    says = [say.text or "" for say in ET.fromstring(rendered(Say(said(id))).encode())]

    assert len(says) > 1
    assert all(len(text) <= 4000 for text in says)
    assert "".join("".join(says).split()) == "".join(SENTENCES[id].split())


def test_a_text_of_nothing_is_not_said() -> None:
    assert body(rendered(Say(said("empty")), HangUp())) == "<Hangup/>"


def test_a_part_of_a_second_is_a_whole_one() -> None:
    assert '<Pause length="1"/>' in rendered(Hold(timedelta(milliseconds=100)))


def test_somebody_who_waits_alone_hears_music_without_end_or_silence_that_begins_again() -> None:
    assert body(music(WITH_MUSIC)) == f'<Play loop="0">{WITH_MUSIC.hold}</Play>'
    assert body(music(URLS)) == f'<Pause length="20"/><Redirect method="POST">{URLS.music}</Redirect>'


def test_words_for_when_all_is_down_need_nothing_but_themselves() -> None:
    document = unavailable("اتصلي على ١٠٤ & لا تخافي", voice=AR)

    assert body(document) == '<Say voice="Polly.Zeina" language="arb">اتصلي على ١٠٤ &amp; لا تخافي</Say><Hangup/>'


def test_a_voice_is_the_settings_own_the_tables_or_refused() -> None:
    mine = {"ar": Voice("Polly.Hala-Neural", "ar-AE")}

    assert voice_of("ar", mine).name == "Polly.Hala-Neural"
    assert voice_of("en", mine) == Voice("Polly.Joanna", "en-US")
    with pytest.raises(BrokenSetting, match="ku"):
        voice_of("ku")


# --- against the provider's grammar ------------------------------------------------------------------

prompts = st.lists(st.sampled_from([*SENTENCES, "greeting"]), max_size=3).map(lambda ids: said(*ids))
lengths = st.integers(1, 5400).map(lambda n: n * SECONDS)
replies = st.one_of(
    st.builds(Say, prompts),
    st.builds(Ask, prompts, st.integers(1, 32), lengths),
    st.builds(Hold, lengths),
    st.builds(Join, st.text("abcxyz", min_size=1, max_size=28), lengths, st.booleans()),
    st.just(HangUp()),
)
documents = st.builds(
    lambda parts, urls: rendered(*parts, urls=urls),
    st.lists(replies, max_size=4),
    st.sampled_from([URLS, WITH_MUSIC]),
) | st.sampled_from([music(URLS), music(WITH_MUSIC), hang_up(), unavailable("x", voice=VOICES["en"])])

GRAMMAR = vectors.read("twiml_voice_grammar.json") if vectors.HERE else {}


def fits(value: str, rule: dict[str, object]) -> bool:
    """Whether an attribute's value is of its type, and one of its words where the words are listed."""
    if rule["enum"]:
        return value in list(rule["enum"])  # type: ignore[call-overload]  # a list of words, read from JSON
    checks = {"boolean": value in {"true", "false"}, "number": value.isascii() and value.isdigit()}
    return checks.get(str(rule["type"]), True)


@vectors.needed
@settings(deadline=None)
@given(documents)
def test_every_element_attribute_value_and_nesting_is_known_to_the_provider(document: str) -> None:
    root = ET.fromstring(document.encode())

    assert root.tag == "Response"
    for element in root.iter():
        rules = GRAMMAR[element.tag]
        assert all(child.tag in rules["children"] for child in element)
        assert all(fits(value, rules["attributes"][name]) for name, value in element.attrib.items())


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    path = vectors.path("twiml-xsd/twiml_v20100401_twilioRealtimeCallSchema.xsd")
    return xmlschema.XMLSchema(str(path))


@vectors.needed
def test_every_document_is_valid_by_the_providers_schema(schema: xmlschema.XMLSchema) -> None:
    everything = [
        rendered(Say(said("menu", "odd", "greeting")), Ask(said("menu"), 4, 8 * SECONDS)),
        rendered(Hold(4 * SECONDS)),
        rendered(Hold(4 * SECONDS), urls=WITH_MUSIC),
        rendered(Join("roomofletters", 2700 * SECONDS, True)),
        rendered(Say(said("long")), HangUp()),
        music(URLS),
        music(WITH_MUSIC),
        hang_up(),
        unavailable("help", voice=VOICES["en"]),
    ]

    for document in everything:
        schema.validate(ET.fromstring(document.encode()))


def test_no_document_ever_records() -> None:
    everything = rendered(Join("r", 60 * SECONDS, True)) + rendered(Ask(said("menu"), 1, SECONDS)) + music(URLS)

    assert "record" not in everything.lower()
    assert "transcri" not in everything.lower()
