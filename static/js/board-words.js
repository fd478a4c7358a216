// How a board writes numbers (the same as contests/templatetags/words.py), and one's own place from the marks of a snapshot.

const texts = document.getElementById("words").dataset;
const numbers = new Intl.NumberFormat(document.documentElement.lang || "vi");

export const say = (name, values = {}) => texts[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
export const grouped = (number) => numbers.format(number);
export const points = (hundredths) => numbers.format(hundredths / 100);

const two = (number) => String(number).padStart(2, "0");
export const stopwatch = (ms) => {
  const seconds = Math.floor(ms / 1000);
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
};

// leaderboard.ranking.place_from_marks: the best and the worst place that this order key can have. Keys are texts, the
// smaller is the better; a mark is [signs shared with the mark before, the signs after them, place], "+" ends one that is cut.
export const placeFromMarks = (order, marks, total) => {
  let best = 1;
  let key = "";
  for (const [shared, rest, place] of marks) {
    key = key.slice(0, shared) + rest;
    if (key.endsWith("+") && order.startsWith(key.slice(0, -1))) continue;
    if (order === key) return [place, place];
    if (order < key) return [best, place];
    best = place + 1;
  }
  return [best, total + 1];
};
