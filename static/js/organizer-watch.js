// The live page of a contest: its parts are asked for every five seconds while somebody looks, and replaced where they changed.

const EVERY = 5000; // ms
const root = document.querySelector("[data-watch]");
const stale = document.querySelector("[data-watch-stale]");
const lost = document.querySelector("[data-watch-lost]").innerHTML.trim();

const refresh = async () => {
  if (document.hidden) return;
  try {
    const reply = await fetch(root.dataset.watch, { redirect: "error" });
    if (!reply.ok) throw new Error(reply.status);
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const old = root.querySelector(`[data-part="${part.dataset.part}"]`);
      // Whoever stands on a link with the keyboard keeps it until they move on.
      if (!old.contains(document.activeElement) && old.innerHTML !== part.innerHTML) old.replaceWith(part);
    }
    if (stale.textContent) stale.textContent = "";
  } catch (error) {
    if (stale.textContent !== lost) stale.textContent = lost; // the next round tries again
  }
};

setInterval(refresh, EVERY);
document.addEventListener("visibilitychange", refresh);
