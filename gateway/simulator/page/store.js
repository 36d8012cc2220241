// What the store holds now: each case as a card with its sealed number, and every key as it stands.

import { ask } from "./api.js";
import { clockTime, isAhead } from "./moments.js";

const EVERY_MS = 1000;
const URGENCY = { p0: "P0 danger now", p1: "P1 today", p2: "P2 going on", p3: "P3 information" };
const WAITS = ["requested", "waiting"];
const FAREWELL_MS = 6000; // how long a card stays after its case is gone

export class Store {
  constructor(byId, onSnapshot) {
    this.byId = byId;
    this.onSnapshot = onSnapshot;
    this.cards = new Map();
    this.openKeys = new Set();
    this.round();
  }

  async round() {
    if (!document.hidden) await this.look();
    setTimeout(() => this.round(), EVERY_MS);
  }

  async look() {
    try {
      const found = await ask("/sim/panel");
      this.byId("no-panel").hidden = found !== null;
      this.byId("rest").hidden = found === null;
      this.show(found?.keys ?? [], found !== null);
    } catch {
      // The store is being restarted, or the house goes down: what was seen last stays.
    }
  }

  show(keys, known) {
    const byName = new Map(keys.map((entry) => [entry.key, entry]));
    const cases = keys.filter((entry) => entry.key.startsWith("case:")).map((entry) => ({
      id: entry.key.slice("case:".length),
      facts: entry.case ?? {},
      sealed: byName.get(`sealed:${entry.key.slice("case:".length)}`) ?? null,
    }));
    this.showCases(cases);
    this.showKeys(keys);
    this.byId("no-cases").hidden = !known || this.cards.size > 0;
    this.onSnapshot(cases);
  }

  showCases(cases) {
    const present = new Set(cases.map(({ id }) => id));
    for (const found of cases) this.card(found.id).show(found);
    for (const [id, card] of this.cards) if (!present.has(id)) this.dismiss(id, card);
  }

  card(id) {
    if (!this.cards.has(id)) {
      const card = new Card();
      this.cards.set(id, card);
      this.byId("cases").prepend(card.element);
    }
    return this.cards.get(id);
  }

  dismiss(id, card) {
    if (card.gone) return;
    card.leave();
    setTimeout(() => {
      card.element.remove();
      this.cards.delete(id);
    }, FAREWELL_MS);
  }

  showKeys(keys) {
    this.byId("key-count").textContent = String(keys.length);
    if (!this.byId("rest").open) return;
    const list = this.byId("keys");
    const scroll = list.scrollTop;
    list.replaceChildren(...keys.map((entry) => this.key(entry)));
    list.scrollTop = scroll;
  }

  key({ key, kind, lines, sealed }) {
    const long = lines.length > 1;
    const row = document.createElement(long ? "details" : "div");
    row.className = sealed ? "entry sealed" : "entry";
    const head = make(long ? "summary" : "p", "", key, make("span", "kind", sealed ? "sealed" : kind));
    row.append(head, make("pre", "", lines.join("\n")));
    if (long) {
      row.open = this.openKeys.has(key);
      row.addEventListener("toggle", () => (row.open ? this.openKeys.add(key) : this.openKeys.delete(key)));
    }
    return row;
  }
}

class Card {
  constructor() {
    this.gone = false;
    this.hadSeal = false;
    this.alias = make("h3", "alias", "");
    this.urgency = make("span", "urgency", "");
    this.facts = make("p", "facts", "");
    this.bytes = make("code", "bytes", "");
    this.caption = make("p", "caption", "");
    this.box = make("div", "box", "", this.bytes);
    this.box.hidden = true;
    this.element = make("article", "case", "", make("div", "head", "", this.alias, this.urgency), this.facts, this.box,
      this.caption);
  }

  show({ facts, sealed }) {
    this.alias.textContent = facts.alias ?? "a case";
    this.urgency.textContent = URGENCY[facts.urgency] ?? facts.urgency ?? "";
    this.urgency.dataset.class = facts.urgency ?? "";
    const words = [(facts.state ?? "").replaceAll("_", " "), WAITS.includes(facts.state) ? due(facts.due_at) : ""];
    this.facts.textContent = words.filter(Boolean).join(" · ");
    if (sealed) this.keep(sealed);
    else if (this.hadSeal) this.erase();
    else this.caption.textContent = "No number is kept.";
  }

  keep({ lines }) {
    const line = lines.find((text) => text.includes("sealed, ")) ?? "";
    this.bytes.textContent = line.replace(/^.*bytes: /, "");
    this.caption.textContent = `Her number, sealed: ${/(\d+) bytes/.exec(line)?.[1] ?? "some"} bytes. Only the dialler's key opens them, and it is not in the store.`;
    this.box.hidden = false;
    this.hadSeal = true;
  }

  erase() {
    if (this.box.classList.contains("vanishing")) return;
    this.box.classList.add("vanishing");
    this.caption.textContent = "Closed. Her number is gone from the store.";
    this.element.classList.add("erased");
  }

  leave() {
    this.gone = true;
    if (this.hadSeal) this.erase();
    this.facts.textContent = "nothing is left of this case";
    this.element.classList.add("leaving");
  }
}

function due(at) {
  if (isAhead(at)) return `due ${clockTime(at)}`;
  return clockTime(at) ? "due now" : "";
}

function make(tag, name, text, ...children) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.textContent = text;
  made.append(...children);
  return made;
}
