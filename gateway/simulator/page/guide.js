// Which of the five steps comes next, from what the phones do.

const IN_CALL = "in_call";

export class Guide {
  constructor(list, secret) {
    this.items = [...list.children];
    this.secret = secret;
    this.step = 0;
    this.met = false;
  }

  // `open` is whether any case is open; `number` is the secret number to key, if it is known.
  show({ callers, responders, open, number }) {
    this.step = this.next({ callers, responders, open });
    this.items.forEach((item, index) => {
      item.classList.toggle("done", index < this.step);
      if (index === this.step) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
    this.secret.hidden = !number || this.step !== 3;
    this.secret.textContent = number ?? "";
  }

  next({ callers, responders, open }) {
    const some = (phones, ...states) => phones.some((phone) => states.includes(phone.state));
    if (callers.some((phone) => phone.with?.length)) this.met = true;
    const staffBusy = some(responders, IN_CALL);
    if (this.met && (staffBusy || some(callers, IN_CALL))) return 4;
    this.met = false;
    if (some(callers, "ringing") || (staffBusy && some(callers, IN_CALL))) return 3;
    if (staffBusy || some(responders, "ringing")) return 2;
    if (some(callers, IN_CALL, "dialling")) return open ? 2 : 1;
    return open ? 2 : 0;
  }
}
