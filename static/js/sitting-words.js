// What the sitting says, and where. The sentences are in the page, translated; {n} and {time} are filled in here.

const words = document.getElementById("words").dataset;
const PILLS = { saved: "saved", waiting: "waiting", busy: "waiting", offline: "offline", refused: "error", over: "late" };

export const element = (id) => document.getElementById(id);
export const say = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);

// Writes only what changed: a live region that is written again is read out again.
export const write = (id, text) => { if (element(id).textContent !== text) element(id).textContent = text; };

let notice = ""; // stands before the state until the next tap
export const note = (text) => { notice = text; };

export function tell(state, text) {
  for (const pill of element("states").children) pill.hidden = pill.dataset.state !== PILLS[state];
  write("status", `${notice} ${text}`.trim());
}

export const open = (id) => (element(id).showModal ? element(id).showModal() : element(id).setAttribute("open", ""));
export const close = (id) => {
  if (!element(id).hasAttribute("open")) return;
  if (element(id).close) element(id).close();
  else element(id).removeAttribute("open");
};
