// While a board of units is being written, its worked numbers and what is wrong with the formula appear by themselves.
// The same as the button "Thử tính", which does it without this script.

const PAUSE = 500; // ms after the last key
const form = document.querySelector("[data-unit-board]");
let timer = 0;
let asked = 0;

const look = async () => {
  const mine = ++asked;
  const data = new FormData(form);
  data.set("act", "try");
  const reply = await fetch(location.href, { method: "POST", body: data, redirect: "error" }).catch(() => null);
  if (mine !== asked || !reply || !reply.ok) return; // a newer question is under way, or no answer
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const fresh = page.querySelector("[data-preview]");
  if (fresh) form.querySelector("[data-preview]").replaceWith(fresh);
};

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, PAUSE);
});
