// The waiting page before a start: counts the place and the time down. The page itself comes back when the turn has come
// (the server's Refresh header), so nothing is lost where this module is not.

const page = document.getElementById("waiting");
const before = page.querySelector("[data-before]");
const clock = page.querySelector("[data-clock]");
const turn = document.getElementById("turn");
const { left, aSecond, turnWord } = page.dataset;
const began = performance.now(); // monotonic: the phone's own clock may be anything

function show() {
  const milliseconds = Math.max(0, left - (performance.now() - began));
  const seconds = Math.ceil(milliseconds / 1000);
  before.textContent = Math.floor((milliseconds / 1000) * aSecond).toLocaleString(document.documentElement.lang);
  clock.textContent = [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, "0")).join(":");
  if (seconds) setTimeout(show, milliseconds % 1000 || 1000);
  else turn.textContent = turnWord;
}

show();
