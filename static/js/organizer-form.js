// Comforts of the console's forms: units found while typing, and the sum of the questions. The form works without them.

// --- which unit -----------------------------------------------------------------------------------------------------
const list = document.querySelector("[data-unit-list]");
const search = document.querySelector("[data-unit-search]");
const PAUSE = 250; // ms after the last key

const row = (unit) => {
  const item = document.createElement("li");
  const label = document.createElement("label");
  const input = document.createElement("input");
  const words = document.createElement("span");
  const name = document.createElement("b");
  const above = document.createElement("small");
  label.className = "choice";
  Object.assign(input, { type: "radio", name: list.dataset.name, value: unit.code });
  name.textContent = unit.name;
  above.textContent = [unit.kind, unit.above].filter(Boolean).join(" · ");
  words.append(name, above);
  label.append(input, words);
  item.append(label);
  item.dataset.found = "";
  return item;
};

const show = (units) => {
  const chosen = list.querySelector("input:checked");
  for (const item of list.querySelectorAll("[data-found]")) if (!item.contains(chosen)) item.remove();
  const known = new Set([...list.querySelectorAll("input")].map((input) => input.value));
  list.append(...units.filter((unit) => !known.has(unit.code)).map(row));
  document.querySelector("[data-unit-status]").textContent = units.length || !search.value.trim() ? "" : list.dataset.none;
};

if (list && search) {
  let timer = 0;
  let asked = 0;
  const ask = async () => {
    const mine = ++asked;
    const reply = await fetch(`${list.dataset.url}?q=${encodeURIComponent(search.value)}`).catch(() => null);
    if (mine !== asked || !reply || !reply.ok || reply.redirected) return; // a newer question is under way, or no answer
    show((await reply.json()).units);
  };
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // Enter searches; it does not send the form
    clearTimeout(timer);
    ask();
  });
  document.querySelector("[data-unit-find]").hidden = true;
}

// --- how many questions ----------------------------------------------------------------------------------------------
const draw = document.querySelector("[data-draw]");
if (draw) {
  const total = draw.querySelector("[data-draw-total]");
  const add = () => {
    const sum = [...draw.querySelectorAll("input")].reduce((all, input) => all + (parseInt(input.value, 10) || 0), 0);
    total.textContent = total.dataset.drawTotal.replace("{n}", sum);
  };
  draw.addEventListener("input", add);
  add();
}

// --- how points are counted: only the fields of the way that is chosen ------------------------------------------------
const scoring = document.querySelector("[data-scoring] [name=scoring]");
if (scoring) {
  const parts = document.querySelectorAll("[data-when]");
  const fit = () => { for (const part of parts) part.hidden = part.dataset.when !== scoring.value; };
  scoring.addEventListener("change", fit);
  fit();
}
