// Which of the five steps comes next, from what the phones do; and what is waited for while none of them does anything.

import { clockTime, isAhead } from "./moments.js";

const IN_CALL = "in_call";
const WAITS = ["requested", "waiting"];
const QUIET_MS = 4000; // longer than it takes to find a responder and ring her

export class Guide {
  constructor(list, secret, awaited) {
    this.items = [...list.children];
    this.secret = secret;
    this.awaited = awaited;
    this.step = 0;
    this.met = false;
    this.quietSince = null;
  }

  // `cases` are the facts of all that are open; `number` is the secret number to key, if it is known.
  show({ callers, responders, cases, number }) {
    const later = cases.filter(isForLater);
    const open = cases.length > later.length;
    this.step = this.next({ callers, responders, open });
    this.items.forEach((item, index) => {
      item.classList.toggle("done", index < this.step);
      if (index === this.step) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
    this.secret.hidden = !number || this.step !== 3;
    this.secret.textContent = number ?? "";
    this.tell(some([...callers, ...responders], "ringing", "dialling", IN_CALL) ? "" : this.whatIsAwaited(later, open));
  }

  // A case whose hour has not come (it was chosen so, or nobody picked up) keeps nobody from beginning anew.
  next({ callers, responders, open }) {
    if (callers.some((phone) => phone.with?.length)) this.met = true;
    const staffBusy = some(responders, IN_CALL);
    if (this.met && (staffBusy || some(callers, IN_CALL))) return 4;
    this.met = false;
    if (some(callers, "ringing") || (staffBusy && some(callers, IN_CALL))) return 3;
    if (staffBusy || some(responders, "ringing")) return 2;
    if (some(callers, IN_CALL, "dialling")) return open ? 2 : 1;
    return open ? 2 : 0;
  }

  // While every phone rests.
  whatIsAwaited(later, open) {
    if (open) return "No responder's phone rings: who missed a call rests for two minutes, and who declined is not asked again. Press Staff line on her phone, then 1, and her rest is over.";
    const [first] = later.map(({ due_at }) => due_at).sort((one, other) => new Date(one) - new Date(other));
    return first ? `Nobody is rung before ${clockTime(first)}: a call back comes in the hours that she chose, and some time after one that she missed. To go on now, choose another caller.` : "";
  }

  tell(words) {
    if (!words) this.quietSince = null;
    else this.quietSince ??= Date.now();
    const quiet = words !== "" && Date.now() - this.quietSince >= QUIET_MS;
    this.awaited.hidden = !quiet;
    if (quiet && this.awaited.textContent !== words) this.awaited.textContent = words;
  }
}

const some = (phones, ...states) => phones.some((phone) => states.includes(phone.state));

const isForLater = ({ state, due_at }) => WAITS.includes(state) && isAhead(due_at);
