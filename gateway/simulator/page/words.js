// Written words: which way they run, their English, and how long they are on the air.

const ARABIC = /[\u0600-\u06ff\u0750-\u077f]/;

// Puts a text into an element, and its English, where the glossary knows it, into the one beneath.
export function writeInto(spoken, meaning, text, glossary) {
  const arabic = ARABIC.test(text);
  spoken.textContent = text;
  spoken.lang = arabic ? "ar" : "en";
  spoken.dir = arabic ? "rtl" : "ltr";
  meaning.textContent = (arabic && glossary.english(text)) || "";
  meaning.hidden = !meaning.textContent;
}

export function size({ units, parts }) {
  return `${units} ${units === 1 ? "unit" : "units"}${parts === undefined ? "" : ` · ${parts} SMS`}`;
}

export function make(tag, name) {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}
