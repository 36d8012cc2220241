// What one phone hears: the newest sentence large, what came before above it.

const NOTES = { joined: "joined the room", left: "left the room", ended: "the call has ended" };
const MUSIC = "♪ soft music";
const LONG = 110; // letters; a whole menu should fit on the screen with its English
const RECORDING = "♪ a recording";

export class Heard {
  constructor(list, { glossary, onSentence }) {
    this.list = list;
    this.glossary = glossary;
    this.onSentence = onSentence;
    this.clear();
  }

  clear() {
    this.list.replaceChildren();
    Object.assign(this, { count: 0, first: null, call: null, newest: null, kind: null });
  }

  // `entries` is all that the phone has heard; only what is new is added.
  show(entries) {
    const first = entries[0]?.at ?? null;
    const fresh = this.first === null;
    if (!fresh && (first !== this.first || entries.length < this.count)) this.clear();
    this.first = first;
    const added = entries.slice(this.count);
    this.count = entries.length;
    added.forEach((entry) => this.add(entry, fresh));
    if (added.length) this.follow();
  }

  add(entry, quietly) {
    if (entry.call_sid && entry.call_sid !== this.call) {
      if (this.call !== null) this.list.append(document.createElement("hr"));
      this.call = entry.call_sid;
      this.kind = null;
    }
    if (entry.kind === "say" || (entry.kind === "play" && entry.text && !isAddress(entry.text))) {
      this.sentence(entry);
      if (!quietly) this.onSentence(entry.text);
    } else if (!(entry.kind === "music" && this.kind === "music")) {
      this.note({ ...NOTES, music: MUSIC, play: RECORDING }[entry.kind] ?? entry.kind);
    }
    this.kind = entry.kind;
  }

  sentence({ text, language, meaning }) {
    const english = /^en/i.test(language ?? "");
    const item = document.createElement("div");
    item.className = text.length > LONG ? "sentence newest long" : "sentence newest";
    const spoken = paragraph("spoken", text);
    spoken.lang = english ? "en" : "ar";
    spoken.dir = english ? "ltr" : "rtl";
    item.append(spoken);
    const translated = english ? null : meaning ?? this.glossary.english(text);
    if (translated) item.append(paragraph("meaning", translated));
    this.newest?.classList.remove("newest");
    this.newest = item;
    this.list.append(item);
  }

  note(text) {
    this.list.append(paragraph("note", text));
  }

  // Down to the end, but never past the beginning of the newest sentence.
  follow() {
    const end = this.list.scrollHeight - this.list.clientHeight;
    const start = this.newest ? this.newest.offsetTop - 6 : end;
    this.list.scrollTop = Math.min(end, Math.max(0, start));
  }
}

const isAddress = (text) => /^https?:/.test(text);

function paragraph(name, text) {
  const made = document.createElement("p");
  made.className = name;
  made.textContent = text;
  return made;
}
