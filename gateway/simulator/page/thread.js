// The messages of one phone: the service's on one side, its own on the other, each with its length on the air.

import { make, size, writeInto } from "./words.js";

export class Thread {
  // `onIncoming` is told of each message that arrives while somebody looks on; `send` sends one.
  constructor(panel, { glossary, onIncoming, send }) {
    this.list = panel.querySelector(".bubbles");
    this.words = panel.querySelector(".words");
    this.glossary = glossary;
    this.onIncoming = onIncoming;
    panel.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.words.value.trim()) return;
      send(this.words.value);
      this.words.value = "";
    });
    this.clear();
  }

  clear() {
    this.list.replaceChildren();
    this.words.value = "";
    Object.assign(this, { count: 0, first: null, fresh: true });
  }

  // `entries` is the whole thread; only what is new is added.
  show(entries) {
    const first = entries[0]?.at ?? null;
    if (!this.fresh && this.count && (first !== this.first || entries.length < this.count)) this.clear();
    const added = entries.slice(this.count);
    const quietly = this.fresh;
    Object.assign(this, { count: entries.length, first, fresh: false });
    added.forEach((entry) => this.add(entry, quietly));
    if (added.length) this.follow();
  }

  add(entry, quietly) {
    const bubble = make("li", `bubble ${entry.direction}`);
    const [spoken, meaning, units] = [make("p", "spoken"), make("p", "meaning"), make("p", "units")];
    writeInto(spoken, meaning, entry.text, this.glossary);
    units.textContent = size(entry);
    units.title = entry.encoding ?? "";
    bubble.classList.toggle("long", entry.parts > 1);
    bubble.append(spoken, meaning, units);
    this.list.append(bubble);
    if (!quietly && entry.direction === "in") this.onIncoming(entry.text);
  }

  follow() {
    this.list.scrollTop = this.list.scrollHeight;
  }
}
