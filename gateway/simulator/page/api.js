// The simulator's control side: questions, wishes, and its stream of events.

const AGAIN_MS = 1500;
const MOST_AT_START = 2000; // events; older ones are of no use to somebody who looks only now
const NEVER = 1_000_000_000; // no event has this number

export async function ask(path) {
  const answer = await fetch(path, { cache: "no-store" });
  if (!answer.ok) throw new Error(`${path.split("?")[0]}: ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

export async function wish(path, body = {}) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await reason(answer));
}

export const phonePath = (number, what) => `/sim/phones/${encodeURIComponent(number)}/${what}`;

// Calls `onEvent` for each event once, and `onLink(true|false)` as the network comes and goes. Never gives up.
export function listen(onEvent, onLink) {
  let last = null;
  const begin = async () => {
    try {
      last = await whereToBegin(last);
    } catch {
      again();
      return;
    }
    const source = new EventSource(`/sim/stream?after=${last}`);
    source.onopen = () => onLink(true);
    source.onmessage = (message) => {
      const event = JSON.parse(message.data);
      last = event.n;
      onEvent(event);
    };
    source.onerror = () => {
      source.close();
      again();
    };
  };
  const again = () => {
    onLink(false);
    setTimeout(begin, AGAIN_MS);
  };
  begin();
}

// After the last event that was seen; a network that was started anew counts from one again.
async function whereToBegin(seen) {
  const { last } = await ask(`/sim/events?after=${NEVER}`);
  if (seen === null) return Math.max(0, last - MOST_AT_START);
  return seen <= last ? seen : 0;
}

async function reason(answer) {
  const words = await answer.text();
  try {
    const told = JSON.parse(words);
    return String(told.error ?? told.message ?? words);
  } catch {
    return words.slice(0, 200) || `The network refused this (${answer.status}).`;
  }
}
