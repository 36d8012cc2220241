// Twelve keys. One stop of the tab key; arrows move between them, digits typed anywhere on the phone press them.

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const NAMES = { "*": "star", "#": "hash" };
const MOVES = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -3, ArrowDown: 3 };
const LIT_MS = 160;

export function fillKeypad(group, press) {
  const buttons = KEYS.map((key) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "key";
    button.textContent = key;
    button.tabIndex = key === "1" ? 0 : -1;
    if (NAMES[key]) button.setAttribute("aria-label", NAMES[key]);
    button.addEventListener("click", () => press(key));
    return button;
  });
  group.append(...buttons);
  group.addEventListener("keydown", (event) => {
    const target = buttons[buttons.indexOf(event.target) + MOVES[event.key]];
    if (!target) return;
    event.preventDefault();
    buttons.forEach((button) => { button.tabIndex = button === target ? 0 : -1; });
    target.focus();
  });
}

export function typeOn(phone, press) {
  phone.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !KEYS.includes(event.key)) return;
    if (event.target.matches("input")) return; // there it is a letter
    const button = [...phone.querySelectorAll(".key")][KEYS.indexOf(event.key)];
    button.classList.add("lit");
    setTimeout(() => button.classList.remove("lit"), LIT_MS);
    press(event.key);
  });
}
