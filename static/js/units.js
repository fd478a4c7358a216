// Search for a unit while typing. The form works without this: it is the same search, as a page.
const WAIT = 250; // ms after the last key
const LEAST = 2; // letters; one letter is half the tree

const form = document.querySelector("[data-unit-search]");
const input = form.querySelector("[name=q]");
const list = document.getElementById("units");
const nothing = document.getElementById("no-units");
const more = document.getElementById("more-units");
const status = document.querySelector("[data-count]");
const button = form.querySelector("button");
let timer;
let asking = null;

const part = (name, text) => {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
};

const row = (unit) => {
  const link = document.createElement("a");
  link.href = unit.url;
  link.append(part("name", unit.name), part("path", unit.note));
  const item = document.createElement("li");
  item.append(link);
  return item;
};

const show = (units, asked) => {
  list.replaceChildren(...units.map(row));
  list.hidden = !units.length;
  more.hidden = units.length < Number(form.dataset.limit);
  nothing.hidden = !asked || units.length > 0;
  button.classList.toggle("primary", !units.length);
  status.textContent = asked ? status.dataset.count.replace("{n}", units.length) : "";
};

const ask = async () => {
  if (asking) asking.abort();
  const text = input.value.trim();
  if (text.length < LEAST) return show([], false);
  asking = new AbortController();
  const query = new URLSearchParams(new FormData(form));
  try {
    const answer = await fetch(`${form.dataset.unitSearch}?${query}`, { signal: asking.signal });
    if (answer.ok) show((await answer.json()).units, true);
  } catch (error) { /* offline or typed on: the list stays, the button still searches */ }
};

input.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT);
});
