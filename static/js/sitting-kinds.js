// How each kind of question is read from the page and written to it. A value is a list of positions or a text; empty: no
// answer. What it may look like: contests/rules/kinds/shapes.py, which refuses a request that holds anything else.

const SEPARATOR = "\u001f"; // between the gaps of one answer
const all = (section, selector) => [...section.querySelectorAll(selector)];

// Control characters and halves of characters come by pasting, and no table could keep them.
const clean = (text, breaks = false) => {
  const whole = text.normalize("NFC").replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, (found) => (found.length === 2 ? found : ""));
  return whole.replace(breaks ? /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g : /[\u0000-\u001f\u007f-\u009f]/g, " ").trim();
};
const guess = (text) => {
  const [whole, ...rest] = clean(text).replace(/[^\d .,]/g, "").split(",");
  const number = rest.length ? `${whole},${rest.join("")}` : whole;
  return /\d/.test(number) ? number : "";
};

const boxes = (section) => all(section, ".options input");
const options = {
  read: (section) => boxes(section).filter((box) => box.checked).map((box) => Number(box.value)),
  write: (section, value) => boxes(section).forEach((box) => { box.checked = value.includes(Number(box.value)); }),
  touched: (section) => boxes(section).some((box) => box.checked !== box.defaultChecked),
};

const field = (section) => section.querySelector("[data-typed]");
const typed = (read) => ({
  text: true,
  read: (section) => read(field(section).value),
  write(section, value) { if (read(field(section).value) !== value) field(section).value = value; },
  touched: (section) => field(section).value !== field(section).defaultValue,
});

const gaps = (section) => all(section, "[data-typed]");
const fillIn = {
  text: true,
  read(section) {
    const texts = gaps(section).map((gap) => clean(gap.value));
    return texts.some(Boolean) ? texts.join(SEPARATOR) : "";
  },
  write(section, value) {
    const texts = value.split(SEPARATOR);
    gaps(section).forEach((gap, place) => { if (clean(gap.value) !== (texts[place] || "")) gap.value = texts[place] || ""; });
  },
  touched: (section) => gaps(section).some((gap) => gap.value !== gap.defaultValue),
};

const selects = (section) => all(section, "select");
const given = (select) => [...select.options].some((option) => option.selected !== option.defaultSelected && (option.selected ? option.value : option.defaultSelected));
const matching = {
  read(section) {
    const chosen = selects(section).map((select) => (select.value === "" ? -1 : Number(select.value)));
    return chosen.some((place) => place >= 0) ? chosen : [];
  },
  write: (section, value) => selects(section).forEach((select, item) => { select.value = value[item] >= 0 ? String(value[item]) : ""; }),
  touched: (section) => selects(section).some(given),
};

const list = (section) => section.querySelector(".order");
const items = (section) => [...list(section).children];
// The numbers beside the items serve where no script runs; kept true, so that the two may be mixed at any time.
const renumber = (section) => items(section).forEach((item, place, { length }) => {
  item.querySelector("[data-rank]").textContent = place + 1;
  item.querySelector("select").value = "answered" in list(section).dataset ? String(place + 1) : "";
  const [up, down] = item.querySelectorAll("[data-move]");
  up.setAttribute("aria-disabled", String(place === 0)); // not `disabled`: the finger or the focus is on it
  down.setAttribute("aria-disabled", String(place === length - 1));
});
const early = new WeakSet(); // numbered in the plain form before this module ran
const ordering = {
  read: (section) => ("answered" in list(section).dataset ? items(section).map((item) => Number(item.dataset.place)) : []),
  write(section, value) {
    if (value.length) {
      list(section).dataset.answered = "";
      list(section).append(...value.map((place) => list(section).querySelector(`[data-place="${place}"]`)));
    } else delete list(section).dataset.answered;
    this.shown(section);
  },
  touched: (section) => early.has(section),
  begin(section) {
    const rank = (item) => Number(item.querySelector("select").value);
    const ranks = new Set(items(section).map(rank));
    if (selects(section).some(given) && ranks.size === items(section).length && !ranks.has(0)) {
      early.add(section);
      list(section).dataset.answered = "";
      list(section).append(...items(section).sort((one, other) => rank(one) - rank(other)));
    }
    this.shown(section);
  },
  shown(section) {
    section.querySelector("[data-keep]").hidden = "answered" in list(section).dataset;
    renumber(section);
  },
  // Answers where the item stands now, from 1.
  move(section, item, by) {
    const place = items(section).indexOf(item);
    const to = Math.min(Math.max(place + by, 0), items(section).length - 1);
    if (by < 0) list(section).insertBefore(item, items(section)[to]);
    else list(section).insertBefore(item, items(section)[to].nextSibling);
    list(section).dataset.answered = "";
    this.shown(section);
    return to + 1;
  },
  keep(section) {
    list(section).dataset.answered = "";
    this.shown(section);
  },
};

const line = typed((text) => clean(text));
const KINDS = {
  single: options, multiple: options, true_false: options, ordering, matching, fill_in: fillIn,
  short_text: line, number: line, essay: typed((text) => clean(text, true)),
  // What is not taken is not left standing in the field either.
  guess: { ...typed(guess), tidy(section) { field(section).value = guess(field(section).value); } },
};
export const kindOf = (section) => KINDS[section.dataset.kind];
export { ordering };
