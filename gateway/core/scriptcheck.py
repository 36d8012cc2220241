"""Everything that keeps a script from callers: `check_script` is what `sanad scripts check` and the tests ask.

The flow is checked in `gateway.core.flowcheck`; here are the sentences, in every language and on every channel.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from gateway.core.conversation import Channel
from gateway.core.engine import AGAIN
from gateway.core.findings import Finding, Severity, error, warning
from gateway.core.flowcheck import Effects, check_flow
from gateway.core.lengths import LIMITS, excess
from gateway.core.script import DigitsNode, EndNode, MenuNode, SayNode, Script, sentences_of
from gateway.core.wording import MUTED, SECRET, Wording, placeholders_in

LONGEST_SECRET = "000"
HOUSE_SENTENCES = ("late", "unavailable")  # said where a webhook fits no step, and where nothing works


def check_script(script: Script, wordings: Mapping[str, Wording], *, effects: Effects | None = None) -> list[Finding]:
    """All findings, errors first. The wordings' `muted` numbers are those of today.

    `effects` as in `check_flow`. A script with an error must not be used; a warning can wait.
    """
    found = [*check_flow(script, effects=effects)]
    for language in script.languages:
        if language in wordings:
            found.extend(_Check(script, wordings[language], wordings).findings())
        else:
            found.append(error(f"{script.name}/flow.toml", "script", f"'{language}' has no wording; add its file."))
    return sorted(found, key=lambda finding: finding.severity is not Severity.ERROR)


def wanted_sentences(script: Script, *, channel: Channel = Channel.VOICE) -> tuple[str, ...]:
    """The ids of all sentences that a script may speak on a channel, each once."""
    nodes = list(script.nodes_on(channel).values())
    asks_again = any(isinstance(node, MenuNode | DigitsNode) and not node.once for node in nodes)
    spoken = [*chain.from_iterable(map(sentences_of, nodes)), *(HOUSE_SENTENCES if nodes else ())]
    spoken += [AGAIN] if asks_again else []
    spoken += script.tells if channel is Channel.SMS else ()
    return tuple(dict.fromkeys(spoken))


def all_sentences(script: Script) -> tuple[str, ...]:
    """The ids of all sentences that a script may speak on any of its channels."""
    channels = map(Channel, script.channels)
    return tuple(dict.fromkeys(chain.from_iterable(wanted_sentences(script, channel=each) for each in channels)))


def screens(script: Script, *, channel: Channel = Channel.USSD) -> Iterator[tuple[str, ...]]:
    """Sentences that are shown together on a channel: what is said before a question or an end, and then that one.

    The sentence `again` is not counted: a screen shows the question itself, with `again` where there is room for it.
    """
    nodes = script.nodes_on(channel)
    says = {name: node for name, node in nodes.items() if isinstance(node, SayNode)}
    led_to = {node.next for node in says.values()}
    for first in (name for name in nodes if name not in says or name not in led_to):
        name, shown = first, dict[str, None]()
        while name in says and name not in shown:
            shown[name] = None
            name = says[name].next
        last = script.nodes.get(name)
        closing = (last.prompt,) if isinstance(last, MenuNode | DigitsNode | EndNode) and last.prompt else ()
        yield (*(says[said].prompt for said in shown), *closing)


class _Check:
    """The checks of one language."""

    def __init__(self, script: Script, wording: Wording, all_wordings: Mapping[str, Wording]) -> None:
        self._script = script
        self._wording = wording
        self._others = all_wordings.values()
        self._channels = tuple(Channel(channel) for channel in script.channels)
        self._file = f"{script.name}/{wording.language}.toml"
        self._values_file = f"values/{wording.language}.toml"
        self._wanted = all_sentences(script)
        self._wanted_on = {channel: set(wanted_sentences(script, channel=channel)) for channel in self._channels}

    def findings(self) -> Iterator[Finding]:
        for prompt in self._wanted:
            yield from self._missing(prompt)
            yield from self._muted(prompt)
        for prompt in self._spoken():
            yield from self._placeholders(prompt)
        yield from self._values()
        yield from self._too_long()
        yield from self._unused()

    def _spoken(self) -> tuple[str, ...]:
        """The wanted sentences that exist, with their muted siblings."""
        ids = chain.from_iterable((prompt, prompt + MUTED) for prompt in self._wanted)
        return tuple(prompt for prompt in ids if prompt in self._wording.sentences)

    def _used(self) -> tuple[str, ...]:
        """The placeholders of all sentences spoken."""
        texts = chain.from_iterable(self._wording.sentences[prompt].values() for prompt in self._spoken())
        return tuple(dict.fromkeys(chain.from_iterable(map(placeholders_in, texts))))

    def _missing(self, prompt: str) -> Iterator[Finding]:
        written = self._wording.sentences.get(prompt)
        if written is None:
            yield error(self._file, f"sentence '{prompt}'", "it is missing; write it.")
            return
        for channel in self._channels:
            if channel not in written and prompt in self._wanted_on[channel]:
                yield error(self._file, f"sentence '{prompt}'", f"it has no text for {channel}; write one.")

    def _muted(self, prompt: str) -> Iterator[Finding]:
        """A sentence with a number needs a sibling without it, for when nobody has tried the number for long."""
        place, sibling = f"sentence '{prompt}'", prompt + MUTED
        for channel in self._channels:
            names = set(placeholders_in(self._text(prompt, channel)))
            numbers = {name for name in names if name != SECRET and self._wording.is_spelled(name)}
            stale = numbers & self._wording.muted
            if numbers and not self._text(sibling, channel) and prompt in self._wanted_on[channel]:
                make = error if stale else warning
                yield make(self._file, place, f"write '{sibling}' for {channel}, without numbers: one may be stale.")
            if numbers & set(placeholders_in(self._text(sibling, channel))):
                yield error(self._file, f"sentence '{sibling}'", "it holds a number; it is for when there is none.")
            for name in sorted(stale):
                yield warning(self._file, place, f"{{{name}}} was not verified lately: '{sibling}' is said instead.")

    def _placeholders(self, prompt: str) -> Iterator[Finding]:
        names = chain.from_iterable(map(placeholders_in, self._wording.sentences[prompt].values()))
        for name in dict.fromkeys(names):
            if not self._wording.is_spelled(name) and not self._wording.codes(name):
                advice = f"nothing is known of {{{name}}}; mend its name, or add [{name}] to {self._values_file}."
                yield error(self._file, f"sentence '{prompt}'", advice)

    def _values(self) -> Iterator[Finding]:
        for name in self._used():
            known = self._wording.codes(name)
            if self._wording.is_spelled(name) or not known:
                continue
            for code in self._codes(name):
                missing = [channel for channel in self._channels if channel not in known.get(code, {})]
                if missing:
                    advice = f"there are no words for it on {', '.join(missing)}; write them."
                    yield error(self._values_file, f"value '{name}', code '{code}'", advice)

    def _codes(self, name: str) -> list[str]:
        """The codes that a value may have: those of any language, and those that a menu sets."""
        codes = set(chain.from_iterable(wording.codes(name) for wording in self._others))
        for node in self._script.nodes.values():
            if isinstance(node, MenuNode):
                codes |= {option.sets[name] for option in node.options.values() if name in option.sets}
        return sorted(codes)

    def _too_long(self) -> Iterator[Finding]:
        for channel in (channel for channel in self._channels if channel in LIMITS):
            told: set[tuple[str, ...]] = set()
            together = screens(self._script) if channel is Channel.USSD else ()
            shown = chain(((prompt,) for prompt in self._spoken()), together)
            for prompts in shown:
                if prompts not in told:
                    told.add(prompts)
                    yield from self._screen(prompts, channel)

    def _screen(self, prompts: tuple[str, ...], channel: Channel) -> Iterator[Finding]:
        text = "\n".join(self._longest(self._text(prompt, channel), channel) for prompt in prompts)
        over = excess(text, channel=channel)
        if over:
            together = " followed by ".join(f"'{prompt}'" for prompt in prompts)
            advice = f"on {channel} it is {over} over the {LIMITS[channel]} units that fit, when filled; shorten it."
            yield error(self._file, f"sentence {together}", advice)

    def _longest(self, text: str, channel: Channel) -> str:
        """The text with its longest values."""
        for name in placeholders_in(text):
            text = text.replace(f"{{{name}}}", max(self._fillings(name, channel), key=len, default=""))
        return text

    def _fillings(self, name: str, channel: Channel) -> Iterable[str]:
        if name == SECRET:
            return (self._wording.in_words(LONGEST_SECRET, channel=channel),)
        if name in self._wording.numbers:
            return (self._wording.in_words(self._wording.numbers[name], channel=channel),)
        if name in self._wording.muted:
            return (self._wording.in_words(LONGEST_SECRET, channel=channel),)
        return (words.get(channel, "") for words in self._wording.codes(name).values())

    def _unused(self) -> Iterator[Finding]:
        spoken = set(self._spoken())
        for prompt in self._wording.sentences:
            if prompt not in spoken:
                yield warning(self._file, f"sentence '{prompt}'", "nothing says it; remove it, or use it in the flow.")

    def _text(self, prompt: str, channel: Channel) -> str:
        return self._wording.sentences.get(prompt, {}).get(channel, "")
