// The figures of a running contest, asked for every five seconds while the page is looked at.

const EVERY = 5000; // ms
const list = document.querySelector("[data-live]");
const stale = document.querySelector("[data-live-stale]");

const refresh = async () => {
  if (document.hidden) return;
  try {
    const reply = await fetch(list.dataset.live, { headers: { Accept: "application/json" }, redirect: "error" });
    if (!reply.ok) throw new Error(reply.status);
    for (const [name, text] of Object.entries(await reply.json())) {
      const place = document.querySelector(`[data-figure="${name}"]`);
      if (place && place.textContent !== text) place.textContent = text;
    }
    stale.hidden = true;
  } catch (error) {
    stale.hidden = false; // the next round tries again
  }
};

if (list) {
  setInterval(refresh, EVERY);
  document.addEventListener("visibilitychange", refresh);
}
