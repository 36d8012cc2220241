// The strip at the bottom: who was rung, who met whom, what ended.

import { spaced } from "./numbers.js";

const MOST = 200;

export class Wire {
  constructor(list, latest, name) {
    this.list = list;
    this.latest = latest;
    this.name = name; // number -> what to call it
  }

  note(event) {
    const words = this.words(event);
    if (!words) return;
    const item = document.createElement("li");
    item.dataset.kind = event.kind;
    const time = document.createElement("time");
    time.textContent = clock(event.at);
    item.append(time, ` ${words}`);
    this.list.append(item);
    while (this.list.childElementCount > MOST) this.list.firstElementChild.remove();
    this.list.scrollTop = this.list.scrollHeight;
    this.latest.textContent = words;
  }

  words(event) {
    const who = this.name(event.number ?? event.to ?? "");
    switch (event.kind) {
      case "ring": return `${who} rings${event.display ? `; its display shows ${spaced(event.display)}` : ""}`;
      case "answer": return `${who} answers`;
      case "press": return `${who} presses ${event.keys || "nothing"}`;
      case "bridged": return `${this.people(event)} are connected`;
      case "unbridged": return `${this.people(event)} are apart`;
      case "ended": return `${who}: the call has ended${event.status ? ` (${event.status})` : ""}`;
      case "violation": return `against the rules: ${event.rule ?? ""}`;
      case "application_error": return `the gateway did not answer as it should; ${who} hears an error`;
      default: return null;
    }
  }

  people(event) {
    return (event.numbers ?? []).map((number) => this.name(number)).join(" and ");
  }
}

const clock = (at) => {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "" : date.toLocaleTimeString("en-GB");
};
