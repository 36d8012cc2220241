// One phone as it is held: its display, what it hears and reads, its keys.

import { phonePath, wish } from "./api.js";
import { Dialog } from "./dialog.js";
import { Heard } from "./heard.js";
import { fillKeypad, typeOn } from "./keypad.js";
import { looksLikeNumber, spaced } from "./numbers.js";
import { Tabs } from "./tabs.js";
import { Thread } from "./thread.js";

const WORDS = { idle: "Ready", ringing: "Incoming call", dialling: "Calling…", in_call: "In a call" };
const RED = { ringing: "Decline", dialling: "Hang up", in_call: "Hang up" };

export class PhoneView {
  // `role` is caller or responder; `dial` places a call from this phone, `write(phone, text)` sends a message,
  // `ask(phone, code)` dials a USSD code (null: this phone does not); `code` is one that is in service; `fail` shows
  // what went wrong; `keep(phone, tab)` keeps what was heard.
  constructor({ role, dialWord, hint, glossary, speech, dial, write, ask, code, keep, fail }) {
    this.dialWord = dialWord;
    this.speech = speech;
    this.fail = fail;
    this.dial = dial;
    this.keep = keep;
    this.phone = null;
    this.since = null;
    this.element = document.getElementById("phone").content.firstElementChild.cloneNode(true);
    this.element.classList.add(role);
    this.parts = Object.fromEntries(
      ["who h3", "number", "speaker", "state", "display", "time", "heard", "keypad", "with", "green", "red", "keep"]
        .map((name) => [name.split(" ").pop(), this.element.querySelector(`.${name}`)]),
    );
    this.parts.heard.dataset.empty = hint;
    this.heard = new Heard(this.parts.heard, { glossary, onSentence: (text) => this.read(text) });
    this.tabs = new Tabs(this.element, { messages: Boolean(write), ussd: Boolean(ask) }, (tab) => this.turnedTo(tab));
    this.thread = new Thread(this.element.querySelector(".thread"), {
      glossary, onIncoming: (text) => this.received(text), send: (text) => this.tries(write(this.phone, text)),
    });
    this.dialog = new Dialog(this.element.querySelector(".dialog"), {
      glossary, code, open: (dialled) => this.tries(ask(this.phone, dialled)), goOn: (wanted) => this.tries(wish("/sim/ussd", wanted)),
    });
    this.wire();
  }

  wire() {
    const press = (key) => this.press(key);
    fillKeypad(this.parts.keypad, press);
    typeOn(this.element, press);
    this.parts.green.addEventListener("click", () => this.lift());
    this.parts.red.addEventListener("click", () => this.drop());
    this.parts.speaker.addEventListener("click", () => this.turnSpeaker());
    this.parts.keep.hidden = !this.keep;
    this.parts.keep.addEventListener("click", () => this.keep(this.phone, this.tabs.tab));
  }

  // `phone` is the network's word on it; `names` are the names of phones by number; `shown` its own name.
  show(phone, { shown, names }) {
    if (this.phone?.number !== phone.number) [this.heard, this.thread, this.dialog, this.tabs].forEach((part) => part.clear());
    else if (phone.state !== this.phone.state && phone.state !== "idle") this.tabs.turn("call");
    if (this.phone?.number !== phone.number || this.phone?.state !== phone.state) this.since = Date.now();
    this.phone = phone;
    const { element, parts } = this;
    element.dataset.state = phone.state;
    element.setAttribute("aria-label", `${shown}'s phone`);
    parts.h3.textContent = shown;
    parts.number.textContent = spaced(phone.number);
    parts.state.textContent = WORDS[phone.state] ?? phone.state;
    parts.display.textContent = phone.state === "idle" ? "" : readable(phone.display);
    parts.heard.setAttribute("aria-label", `What ${shown} hears`);
    this.showKeys();
    this.showWith((phone.with ?? []).map((number) => names.get(number) ?? spaced(number)));
    this.heard.show(phone.heard ?? []);
    this.thread.show(phone.messages ?? []);
    this.dialog.show(phone.ussd ?? null);
    this.showVoice();
    this.parts.keep.title = `Keep what ${shown} heard and keyed, as a text`;
    this.parts.keep.setAttribute("aria-label", this.parts.keep.title);
    this.tick();
  }

  showKeys() {
    const { state } = this.phone;
    const idle = state === "idle";
    label(this.parts.green, idle ? this.dialWord : "Answer", idle || state === "ringing");
    label(this.parts.red, RED[state] ?? "Hang up", !idle);
  }

  showWith(people) {
    this.element.classList.toggle("bridged", people.length > 0);
    this.parts.with.textContent = people.length ? `connected with ${people.join(", ")}` : "";
  }

  tick() {
    const running = this.phone?.state === "in_call";
    const seconds = Math.max(0, Math.floor((Date.now() - this.since) / 1000));
    this.parts.time.textContent = running ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` : "";
  }

  // As on a real phone, the green key also sends what is typed on a USSD screen.
  lift() {
    if (this.tabs.tab === "ussd") this.dialog.enter();
    else if (this.phone?.state === "ringing") this.does("answer");
    else if (this.phone?.state === "idle") this.tries(this.dial(this.phone));
  }

  drop() {
    if (!this.phone || this.phone.state === "idle") return;
    this.does(this.phone.state === "ringing" ? "decline" : "hangup");
  }

  press(key) {
    if (this.tabs.tab === "ussd") this.dialog.key(key);
    else if (this.tabs.tab === "call" && this.phone?.state === "in_call") this.does("press", { keys: key });
  }

  turnedTo(tab) {
    if (tab === "messages") this.thread.follow();
  }

  received(text) {
    if (this.tabs.tab !== "messages") this.tabs.mark();
    this.read(text);
  }

  does(what, body) {
    this.tries(wish(phonePath(this.phone.number, what), body));
  }

  tries(promise) {
    promise.catch((error) => this.fail(error.message));
  }

  get aloud() {
    return this.parts.speaker.getAttribute("aria-pressed") === "true";
  }

  turnSpeaker() {
    if (!this.speech.voice) {
      this.fail("This browser has no Arabic voice of its own.");
      return;
    }
    this.parts.speaker.setAttribute("aria-pressed", String(!this.aloud));
    if (!this.aloud) this.speech.hush();
  }

  read(text) {
    if (this.aloud) this.speech.say(text);
  }

  showVoice() {
    const words = `Read aloud what ${this.parts.h3.textContent} hears`;
    this.parts.speaker.setAttribute("aria-label", words);
    this.parts.speaker.setAttribute("aria-disabled", String(!this.speech.voice));
    this.parts.speaker.title = this.speech.voice ? words : `${words}: this browser has no Arabic voice of its own`;
  }
}

const readable = (display) => (looksLikeNumber(display ?? "") ? spaced(display) : display ?? "");

// Not `disabled`: a key that is pressed and then has nothing to do must not lose the keyboard's focus.
function label(button, words, works) {
  button.querySelector("span").textContent = words;
  button.setAttribute("aria-disabled", String(!works));
}
