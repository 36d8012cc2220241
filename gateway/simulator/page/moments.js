// Moments as the store tells them, in words.

export const isAhead = (at) => new Date(at ?? NaN).getTime() > Date.now();

// Weekday, hour and minute; nothing for what is no moment.
export function clockTime(at) {
  const date = new Date(at ?? NaN);
  if (Number.isNaN(date.getTime())) return "";
  return date.toLocaleString("en-GB", { weekday: "short", hour: "2-digit", minute: "2-digit" });
}
