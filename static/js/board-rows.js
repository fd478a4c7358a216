// Rows of a board: filled from a snapshot, reordered in place, sliding to where they now stand.

import { grouped, points, say, stopwatch } from "./board-words.js";

const SLIDE = 200; // ms
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

export function blankRow() {
  return document.getElementById("row").content.firstElementChild.cloneNode(true);
}

export function fill(item, row, { own = false, shared = false } = {}) {
  const part = (name) => item.querySelector(`.board-${name}`);
  const put = (name, text) => { if (part(name).textContent !== text) part(name).textContent = text; };
  item.dataset.place = String(row.place);
  item.dataset.id = row.id;
  item.classList.toggle("board-own", own);
  put("place", row.said || grouped(row.place));
  put("name", own ? say("you", { name: row.name }) : row.name);
  put("unit", shared ? `${row.unit} · ${say("shared")}` : row.unit);
  put("score", points(row.points));
  put("time", stopwatch(row.ms));
  return item;
}

export function draw(list, rows, own) {
  const before = new Map([...list.children].map((item) => [item.dataset.id, item.getBoundingClientRect().top]));
  const known = new Map([...list.children].map((item) => [item.dataset.id, item]));
  const leader = list.firstElementChild && list.firstElementChild.dataset.id;
  const places = rows.map((row) => row.place);
  list.replaceChildren(...rows.map((row) => {
    const shared = places.indexOf(row.place) !== places.lastIndexOf(row.place);
    return fill(known.get(row.id) || blankRow(), row, { own: row.id === own, shared });
  }));
  if (leader && list.firstElementChild && list.firstElementChild.dataset.id !== leader) {
    for (const item of list.children) item.classList.toggle("new-leader", item === list.firstElementChild);
  }
  if (still.matches || !list.animate) return;
  for (const item of list.children) {
    const from = before.get(item.dataset.id);
    const moved = from === undefined ? 0 : from - item.getBoundingClientRect().top;
    if (from === undefined) item.animate([{ opacity: 0 }, { opacity: 1 }], { duration: SLIDE });
    else if (moved) item.animate([{ transform: `translateY(${moved}px)` }, { transform: "none" }], { duration: SLIDE, easing: "ease-out" });
  }
}
