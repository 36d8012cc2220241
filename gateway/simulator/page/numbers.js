// Telephone numbers as people read them.

export function spaced(number) {
  const found = /^(\+\d{3})(\d{3})(\d{3})(\d+)$/.exec(number);
  return found ? found.slice(1).join(" ") : number;
}

export const looksLikeNumber = (text) => /^\+?\d{3,15}$/.test(text);
