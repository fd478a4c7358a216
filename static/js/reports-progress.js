// Shows how far a file is, until it is done. Without this module the page asks again by itself every three seconds.

const EVERY = 1000; // ms, between two questions
const SLOWEST = 15000; // ms, when nobody answers
const line = document.querySelector("[data-export]");
const bar = line.querySelector("progress");
const numbers = line.querySelector("[data-numbers]");
const words = line.querySelector("[data-words]");
const spoken = new Intl.NumberFormat(document.documentElement.lang);

const show = ({ state, done, total }) => {
  if (state === "running" && line.dataset.state !== state) words.textContent = line.dataset.writing;
  line.dataset.state = state;
  if (!total) return;
  bar.max = total;
  bar.value = done;
  numbers.textContent = `${spoken.format(done)} / ${spoken.format(total)} ${line.dataset.rows}`;
};

const ask = async (wait) => {
  try {
    const reply = await fetch(line.dataset.export, { headers: { Accept: "application/json" } });
    if (reply.redirected || reply.status === 403 || reply.status === 404) return location.reload(); // logged out, or no right any more
    const seen = await reply.json();
    if (seen.state !== "waiting" && seen.state !== "running") return location.reload();
    show(seen);
    setTimeout(ask, EVERY, EVERY);
  } catch (error) {
    setTimeout(ask, wait, Math.min(wait * 2, SLOWEST)); // offline: the file is made all the same
  }
};

setTimeout(ask, EVERY, EVERY);
