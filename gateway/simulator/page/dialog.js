// A USSD dialog: a code is dialled, screens come and are answered, until one of the two sides ends it.

import { size, writeInto } from "./words.js";

const ANY_CODE = "*726#";
const REASONS = {
  end: "", cancelled: "You left.", silent: "No answer in time: the network ended it.", error: "The network says: no service.",
  "too long": "Time is over: the network ended it.", dropped: "The connection was lost.",
};

export class Dialog {
  // `code` is what can be dialled, if only one can; `open(code)` dials, `goOn({session, input | cancel})` goes on.
  constructor(panel, { glossary, code, open, goOn }) {
    this.panel = panel;
    this.parts = Object.fromEntries(["menu", "spoken", "meaning", "units", "note", "typed", "go", "leave"]
      .map((name) => [name, panel.querySelector(`.${name}`)]));
    this.glossary = glossary;
    this.code = code || ANY_CODE;
    this.open = open;
    this.goOn = goOn;
    panel.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); this.enter(); });
    this.parts.leave.addEventListener("click", () => this.leave());
    this.clear();
  }

  clear() {
    this.left = null; // the session whose last screen was put away
    this.parts.typed.value = "";
    this.show(null);
  }

  show(dialog) {
    const before = this.dialog;
    this.dialog = dialog && dialog.session !== this.left ? dialog : null;
    const open = Boolean(this.dialog?.open);
    if (Boolean(before?.open) !== open) this.parts.typed.value = "";
    this.panel.dataset.open = open ? "yes" : "no";
    this.showScreen();
    this.parts.typed.placeholder = open ? "" : this.code;
    this.parts.typed.setAttribute("aria-label", open ? "Your answer" : "A code");
    this.parts.go.textContent = open ? "Send" : "Dial code";
    this.parts.leave.textContent = open ? "Cancel" : "Close";
    this.parts.leave.hidden = !this.dialog;
  }

  showScreen() {
    const { spoken, meaning, units, note } = this.parts;
    const screen = this.dialog?.screen ?? "";
    writeInto(spoken, meaning, screen, this.glossary);
    units.textContent = screen ? size(this.dialog) : "";
    units.title = this.dialog?.encoding ?? "";
    note.textContent = this.words();
  }

  words() {
    if (!this.dialog) return `Dial a code like ${this.code}`;
    if (this.dialog.waiting) return "…";
    return this.dialog.open ? "" : REASONS[this.dialog.ended] ?? this.dialog.ended;
  }

  enter() {
    const typed = this.parts.typed.value.trim();
    if (this.dialog?.open && !this.dialog.waiting) this.goOn({ session: this.dialog.session, input: typed });
    else if (!this.dialog?.open) this.open(typed || this.code);
    this.parts.typed.value = "";
  }

  leave() {
    if (this.dialog?.open) this.goOn({ session: this.dialog.session, cancel: true });
    else if (this.dialog) {
      this.left = this.dialog.session;
      this.show(this.dialog);
    }
  }

  // A key of the keypad.
  key(key) {
    this.parts.typed.value += key;
  }
}
