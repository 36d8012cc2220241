// The strip at the bottom: who was rung, who met whom, what ended.

import { spaced } from "./numbers.js";
import { size } from "./words.js";

const MOST = 200;
const OUTCOMES = { delivered: "the message is there", undelivered: "the message never arrived", failed: "the message was refused" };
const HARM = { message: "gets no reply", ussd: "loses the dialog" };

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
      case "message": return `${event.direction === "out" ? `${who} writes a message` : `a message sets out for ${who}`} (${size(event)})`;
      case "message_status": return OUTCOMES[event.status] ? `${who}: ${OUTCOMES[event.status]}` : null;
      case "ussd": return this.onScreen(who, event);
      case "violation": return `against the rules: ${event.message ?? ""}`;
      case "application_error": return `the gateway did not answer as it should; ${who} ${HARM[event.where] ?? "hears an error"}`;
      default: return null;
    }
  }

  onScreen(who, { what, text, units, reason }) {
    switch (what) {
      case "opened": return `${who} dials ${text}`;
      case "shown": return `${who} sees a screen (${units} units)`;
      case "typed": return `${who} types ${text || "nothing"}`;
      default: return `${who}: the USSD dialog is over (${reason})`;
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
