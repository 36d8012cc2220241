// Keeps what was heard and keyed on a phone as a text. Not a transcript: the network knows no ids of sentences and no
// effects. It has a transcript's head and its marks, so that a person can write the rest beside what was heard.

const HEAD = [
  "# What was heard on a phone, and what was keyed. The sentences are remarks: the network knows no ids of theirs.",
  "# Silence is not written. `sanad scripts play --write` writes what a test can replay.",
];
const MOST = 2000; // presses that are remembered

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
    const lines = tab === "ussd" ? this.dialog(phone) : this.call(phone);
    if (!lines.length) return null;
    return [...HEAD, "language: ar", `channel: ${tab === "ussd" ? "ussd" : "voice"}`, "", ...lines, ""].join("\n");
  }

  call(phone) {
    const call = (phone.heard ?? []).at(-1)?.call_sid;
    const heard = (phone.heard ?? []).filter((entry) => entry.call_sid === call && entry.kind === "say");
    const pressed = this.presses.filter((press) => press.call_sid === call);
    return [...heard, ...pressed].sort((one, other) => Date.parse(one.at) - Date.parse(other.at))
      .map(({ text, keys }) => (keys ? `> ${keys}` : remark(text)));
  }

  dialog(phone) {
    const shown = (phone.ussd?.entries ?? []).filter(({ kind }) => kind === "shown" || kind === "typed");
    return shown.map(({ kind, text }) => (kind === "typed" ? typed(text) : remark(text)));
  }
}

export function download(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

const remark = (text) => text.split("\n").map((line) => `# ${line}`).join("\n");
const typed = (text) => (/^[0-9*#]{1,32}$/.test(text) ? `> ${text}` : "# (an answer that is no keys)");
