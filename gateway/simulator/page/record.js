// Keeps what was heard and keyed on a phone as a text. Not a transcript yet: the network knows no ids of sentences and no
// effects. `sanad scripts transcribe` finds both by the words, and writes what a test can replay.

const HEAD = [
  "# What was heard on a phone, and what was keyed. To make a transcript of it that a test can replay:",
  "# sanad scripts transcribe extortion THIS-FILE --write ivr_scripts/extortion/transcripts/NAME.txt",
];
const MOST = 2000; // presses that are remembered
const CHANNELS = { ussd: "ussd", messages: "sms" };

export class Record {
  constructor() {
    this.presses = [];
  }

  note(event) {
    if (event.kind !== "press" || !event.keys || !event.heard) return;
    this.presses.push(event);
    if (this.presses.length > MOST) this.presses.shift();
  }

  // The last call of a phone, or its dialog; null if there was none.
  text(phone, tab) {
    const lines = { ussd: () => this.dialog(phone), messages: () => this.thread(phone) }[tab]?.() ?? this.call(phone);
    if (!lines.length) return null;
    return [...HEAD, "language: ar", `channel: ${CHANNELS[tab] ?? "voice"}`, "", ...lines, ""].join("\n");
  }

  call(phone) {
    const call = (phone.heard ?? []).at(-1)?.call_sid;
    const heard = (phone.heard ?? []).filter((entry) => entry.call_sid === call && entry.kind === "say");
    const pressed = this.presses.filter((press) => press.call_sid === call);
    return [...heard, ...pressed].sort((one, other) => Date.parse(one.at) - Date.parse(other.at))
      .map(({ text, keys }) => (keys ? `> ${keys}` : words(text)));
  }

  // All messages with the hotline. The first ones of hers come before any answer: a menu that nobody is sent.
  thread(phone) {
    return (phone.messages ?? []).map(({ direction, text }) => (direction === "out" ? typed(text) : words(text)));
  }

  dialog(phone) {
    const shown = (phone.ussd?.entries ?? []).filter(({ kind }) => kind === "shown" || kind === "typed");
    return shown.map(({ kind, text }) => (kind === "typed" ? typed(text) : words(text)));
  }
}

export function download(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

const words = (text) => `" ${text.split("\n").join("/ ")}`;
const typed = (text) => (/^[0-9*#]{1,32}$/.test(text) ? `> ${text}` : `> "${text.split("\n").join(" ").replaceAll('"', "'")}"`);
