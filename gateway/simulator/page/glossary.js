// Finds the English of an Arabic sentence. A sentence with {placeholders} is matched by its shape.

const PLACEHOLDER = /\{(\w+)\}/g;
const [ISOLATE, END_ISOLATE] = ["\u2068", "\u2069"]; // keep a foreign word from turning the line around

const tidy = (text) => text.normalize("NFC").replace(/\s+/g, " ").trim();
const quoted = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

export class Glossary {
  constructor(entries) {
    const list = Array.isArray(entries) ? entries : Object.entries(entries ?? {}).map(([ar, en]) => ({ ar, en }));
    const known = list.filter((entry) => entry.ar && entry.en);
    this.exact = new Map(known.map(({ ar, en }) => [tidy(ar), en]));
    this.shapes = known.map(shape).filter((one) => one.letters > 2).sort((one, other) => other.letters - one.letters); // the most particular first
  }

  // The English, or null where the glossary does not know the sentence.
  english(arabic) {
    const text = tidy(arabic);
    return this.exact.get(text) ?? this.byShape(text) ?? this.inPieces(text);
  }

  byShape(text) {
    for (const { whole, en } of this.shapes) {
      const found = whole.exec(text);
      if (found) return this.filled(en, found.groups ?? {});
    }
    return null;
  }

  // Several sentences said in one breath.
  inPieces(text) {
    const english = [];
    let rest = text;
    while (rest) {
      const piece = this.firstPiece(rest);
      if (!piece) return null;
      english.push(piece.en);
      rest = rest.slice(piece.length).trimStart();
    }
    return english.join(" ");
  }

  firstPiece(text) {
    for (const { start, en } of this.shapes) {
      const found = start.exec(text);
      if (found) return { en: this.filled(en, found.groups ?? {}), length: found[0].length };
    }
    return null;
  }

  filled(english, values) {
    return english.replace(PLACEHOLDER, (braces, name) => (name in values ? this.value(values[name]) : braces));
  }

  // A value is a word or a row of digits; what is not known stays as it was heard.
  value(arabic) {
    const whole = this.exact.get(arabic);
    if (whole) return whole;
    const words = arabic.split(/[\s،,]+/).filter(Boolean).map((word) => this.exact.get(word));
    return words.length && words.every(Boolean) ? words.join(" ") : ISOLATE + arabic + END_ISOLATE;
  }
}

function shape({ ar, en }) {
  const seen = new Set();
  const text = tidy(ar);
  const pattern = text.split(/(\{\w+\})/).map((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (!name) return quoted(part);
    if (seen.has(name)) return `\\k<${name}>`;
    seen.add(name);
    return `(?<${name}>.+?)`;
  }).join("");
  return {
    en,
    letters: text.replace(PLACEHOLDER, "").length,
    whole: new RegExp(`^${pattern}$`, "u"),
    start: new RegExp(`^${pattern}(?=\\s|$)`, "u"),
  };
}
