// Joins the parts of the page: asks the network for the phones whenever something happened, and shows them.

import { ask, listen, wish } from "./api.js";
import { Cable } from "./cable.js";
import { Callers } from "./callers.js";
import { Glossary } from "./glossary.js";
import { Guide } from "./guide.js";
import { Wire } from "./log.js";
import { spaced } from "./numbers.js";
import { PhoneView } from "./phone.js";
import { Record, download } from "./record.js";
import { Speech } from "./speech.js";
import { Store } from "./store.js";

const SETTLE_MS = 60; // events come in bunches
const TROUBLE_MS = 6000;
const byId = (id) => document.getElementById(id);

class Page {
  constructor({ glossary, settings }) {
    [this.hotline, this.staff] = settings.numbers;
    this.record = new Record();
    this.takesMessages = settings.sms;
    this.phones = new Map();
    this.responders = new Map();
    this.cases = [];
    this.speech = new Speech(() => this.views().forEach((view) => view.phone && view.showVoice()));
    this.common = { glossary, speech: this.speech, fail: fail };
    this.callers = new Callers(byId, () => this.show());
    this.caller = new PhoneView({ ...this.common, role: "caller", dialWord: "Dial", hint: `Dials ${spaced(this.hotline ?? "")}`,
      dial: () => this.dialHotline(),
      write: settings.sms ? (phone, text) => this.writeHotline(text) : null,
      ask: settings.ussd ? (phone, code) => this.dialCode(code) : null,
      code: settings.ussd_code,
      keep: (phone, tab) => this.keep(phone, tab) });
    byId("caller").append(this.caller.element);
    this.guide = new Guide(byId("steps"), byId("secret"), byId("awaited"));
    this.wire = new Wire(byId("log"), byId("latest"), (number) => this.name(number));
    this.cable = new Cable(byId("cable"), byId("stage"));
    this.store = new Store(byId, (cases) => { this.cases = cases; this.showGuide(); });
    setInterval(() => this.views().forEach((view) => view.tick()), 1000);
  }

  views() {
    return [this.caller, ...this.responders.values()];
  }

  async refresh() {
    this.waiting = null;
    const found = await ask("/sim/phones");
    const phones = Array.isArray(found) ? found : found.phones;
    this.phones = new Map(phones.map((phone) => [phone.number, phone]));
    this.show();
  }

  refreshSoon() {
    this.waiting ??= setTimeout(() => this.refresh().catch(() => fail("The network does not answer.")), SETTLE_MS);
  }

  happened(event) {
    this.wire.note(event);
    this.record.note(event);
    this.refreshSoon();
  }

  show() {
    const phones = [...this.phones.values()];
    this.callers.follow(phones);
    const names = new Map([...this.phones.keys()].map((number) => [number, this.name(number)]));
    const number = this.callers.number;
    const idle = { number, state: "idle", heard: [], with: [] };
    this.caller.show(this.phones.get(number) ?? idle, { shown: this.callers.name(number), names });
    this.showResponders(phones.filter((phone) => !this.callers.isCaller(phone)), names);
    this.showCables();
    this.showGuide();
  }

  showResponders(phones, names) {
    const numbers = new Set(phones.map((phone) => phone.number));
    for (const [number, view] of this.responders) {
      if (numbers.has(number)) continue;
      view.element.remove();
      this.responders.delete(number);
    }
    for (const phone of phones) this.responder(phone).show(phone, { shown: this.name(phone.number), names });
    byId("nobody").hidden = phones.length > 0;
  }

  responder(phone) {
    if (!this.responders.has(phone.number)) {
      const view = new PhoneView({
        ...this.common, role: "responder", dialWord: this.staff ? "Staff line" : "Dial", hint: "Waiting for a call",
        dial: ({ number }) => call(number, this.staff ?? this.hotline),
        write: this.takesMessages ? ({ number }, text) => write(number, this.staff ?? this.hotline, text) : null,
        ask: null,
        keep: null,
      });
      this.responders.set(phone.number, view);
      byId("responders").append(view.element);
    }
    return this.responders.get(phone.number);
  }

  showCables() {
    const shown = new Map(this.views().filter((view) => view.phone).map((view) => [view.phone.number, view]));
    const pairs = [];
    for (const [number, view] of shown) {
      for (const other of view.phone.with ?? []) {
        if (shown.has(other) && number < other) pairs.push([view.element, shown.get(other).element]);
      }
    }
    this.cable.show(pairs);
  }

  showGuide() {
    const phones = [...this.phones.values()];
    const callers = phones.filter((phone) => this.callers.isCaller(phone));
    const ended = ["closed", "unreached", "cancelled", "erased"];
    const open = this.cases.filter(({ facts }) => !ended.includes(facts.state));
    const held = open.find(({ facts }) => ["dialling", "gate"].includes(facts.state)) ?? open[0];
    this.guide.show({
      callers, responders: phones.filter((phone) => !callers.includes(phone)),
      cases: open.map(({ facts }) => facts), number: held?.facts.secret,
    });
  }

  async dialHotline() {
    const number = await this.inHand();
    if (!this.hotline) throw new Error("The network serves no hotline; start it with --number.");
    await call(number, this.hotline, byId("withheld").checked);
  }

  async writeHotline(text) {
    await write(await this.inHand(), this.hotline, text);
  }

  async dialCode(code) {
    await wish("/sim/ussd", { from: await this.inHand(), code });
  }

  keep(phone, tab) {
    const text = this.record.text(phone, tab);
    if (text) download(text, `heard-${tab}.txt`);
    else fail("Nothing was heard on this phone yet.");
  }

  // The caller's number, with a phone that the network knows.
  async inHand() {
    const number = this.callers.number;
    if (!number) throw new Error("Type her number first, like +9647…");
    if (!this.phones.has(number)) {
      await wish("/sim/phones", { number, name: this.callers.name(number), on_ring: "manual" });
    }
    return number;
  }

  name(number) {
    const given = this.phones.get(number)?.name;
    if (number === this.hotline) return "the hotline";
    if (number === this.staff) return "the staff line";
    return given || (this.callers.knows(number) ? this.callers.name(number) : spaced(number));
  }
}

const call = (from, to, withheld = false) => wish("/sim/calls", { from, to, ...(withheld ? { withheld } : {}) });

const write = (from, to, text) => wish("/sim/messages", { from, to, text });

function fail(words) {
  const box = byId("trouble");
  box.textContent = words;
  box.hidden = false;
  clearTimeout(fail.timer);
  fail.timer = setTimeout(() => { box.hidden = true; }, TROUBLE_MS);
}

function link(up) {
  byId("link").textContent = up ? "Network up" : "Network away, trying again…";
  byId("link").dataset.up = up ? "yes" : "no";
}

async function start() {
  const [entries, settings] = await Promise.all([ask("/sim/glossary"), ask("/sim/settings")]);
  const page = new Page({ glossary: new Glossary(entries), settings });
  await page.refresh();
  listen((event) => page.happened(event), (up) => { link(up); if (up) page.refreshSoon(); });
}

start().catch((error) => { link(false); fail(`The page could not start: ${error.message}`); });
