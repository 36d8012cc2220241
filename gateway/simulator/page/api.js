// The simulator's control side: questions, wishes, and its stream of events.

const KINDS = ["ring", "answer", "heard", "gather", "press", "bridged", "unbridged", "ended", "rest", "webhook",
  "violation", "application_error"];
const AGAIN_MS = 2000;

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

// Calls `onEvent` for each event and `onLink(true|false)` as the network comes and goes. Never gives up.
export function listen(onEvent, onLink) {
  const source = new EventSource("/sim/stream");
  const hear = (message) => onEvent(JSON.parse(message.data));
  source.onmessage = hear;
  for (const kind of KINDS) source.addEventListener(kind, hear);
  source.onopen = () => onLink(true);
  source.onerror = () => {
    onLink(false);
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    source.close();
    setTimeout(() => listen(onEvent, onLink), AGAIN_MS);
  };
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
