// Which caller's phone is in hand: a few made-up numbers, or one that is typed.

import { spaced } from "./numbers.js";

const SAMPLES = [["Caller one", "+9647700000011"], ["Caller two", "+9647800000022"], ["Caller three", "+9647500000033"]];
const OTHER = "other";
const CALLS = { ringing: "rings", in_call: "in a call", dialling: "calls" };

export class Callers {
  constructor(byId, onChange) {
    this.choice = byId("choice");
    this.other = byId("other");
    this.typed = byId("number");
    this.names = new Map(SAMPLES.map(([name, number]) => [number, name]));
    this.options = [...SAMPLES.map(([name, number]) => this.option(number, name)), this.option(OTHER, "Another number…")];
    this.choice.replaceChildren(...this.options);
    this.choice.addEventListener("change", () => { this.showOther(); onChange(); });
    this.typed.addEventListener("change", onChange);
    this.states = new Map();
  }

  get number() {
    return this.choice.value === OTHER ? this.typed.value.replace(/[^\d+]/g, "") : this.choice.value;
  }

  knows(number) {
    return this.names.has(number);
  }

  name(number) {
    return this.names.get(number) ?? "Caller";
  }

  // Phones that are named otherwise belong to the staff.
  isCaller({ number, name }) {
    return this.names.has(number) || number === this.number || /^caller/i.test(name ?? "");
  }

  // Says in the list what each one does, and takes the phone that begins to ring if the one in hand is idle.
  follow(phones) {
    const states = new Map(phones.map(({ number, state }) => [number, state]));
    for (const option of this.options) {
      const name = this.names.get(option.value);
      const doing = option.value === this.choice.value ? null : CALLS[states.get(option.value)]; // hers is in sight
      if (name) option.textContent = doing ? `${name} (${doing})` : name;
    }
    const idle = (states.get(this.number) ?? "idle") === "idle";
    const rings = [...this.names.keys()].find((number) => this.starts(number, states));
    if (idle && rings) this.take(rings);
    this.states = states;
  }

  starts(number, states) {
    return states.get(number) === "ringing" && this.states.get(number) !== "ringing";
  }

  take(number) {
    this.choice.value = number;
    this.showOther();
  }

  showOther() {
    this.other.hidden = this.choice.value !== OTHER;
    if (!this.other.hidden) this.typed.focus();
  }

  option(value, text) {
    const made = document.createElement("option");
    made.value = value;
    made.textContent = text;
    made.title = value === OTHER ? "" : spaced(value);
    return made;
  }
}
