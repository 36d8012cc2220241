// What the screen of a phone shows: its call, its messages, or a USSD dialog. Arrows move between the tabs.

const MOVES = { ArrowLeft: -1, ArrowRight: 1 };
let made = 0;

export class Tabs {
  // `has` says which tabs there are besides the call's; with none of them there is nothing to turn to.
  constructor(phone, has, onTurn) {
    this.phone = phone;
    this.onTurn = onTurn;
    this.list = phone.querySelector(".tabs");
    this.unread = phone.querySelector(".unread");
    this.buttons = [...this.list.children].filter((button) => button.dataset.tab === "call" || has[button.dataset.tab]);
    this.panels = [...phone.querySelectorAll(".panel")];
    this.list.replaceChildren(...this.buttons);
    this.list.hidden = this.buttons.length < 2;
    if (!this.list.hidden) this.name();
    this.list.addEventListener("keydown", (event) => this.move(event));
    this.buttons.forEach((button) => button.addEventListener("click", () => this.turn(button.dataset.tab)));
    this.clear();
  }

  name() {
    made += 1;
    for (const button of this.buttons) {
      const panel = this.panels.find(({ dataset }) => dataset.tab === button.dataset.tab);
      button.id = `tab-${made}-${button.dataset.tab}`;
      panel.id = `panel-${made}-${button.dataset.tab}`;
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", button.id);
      button.setAttribute("aria-controls", panel.id);
    }
  }

  clear() {
    this.mark(0);
    this.turn("call");
  }

  turn(tab) {
    this.tab = tab;
    this.phone.dataset.tab = tab;
    this.buttons.forEach((button) => {
      const chosen = button.dataset.tab === tab;
      button.setAttribute("aria-selected", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
    });
    this.panels.forEach((panel) => { panel.hidden = panel.dataset.tab !== tab; });
    if (tab === "messages") this.mark(0);
    this.onTurn(tab);
  }

  move(event) {
    const target = this.buttons[this.buttons.indexOf(event.target) + MOVES[event.key]];
    if (!target) return;
    event.preventDefault();
    this.turn(target.dataset.tab);
    target.focus();
  }

  // One more message that nobody has looked at; or so many.
  mark(count = this.count + 1) {
    this.count = count;
    this.unread.textContent = count ? ` ${count}` : "";
    this.unread.title = count ? `${count} not read yet` : "";
  }
}
