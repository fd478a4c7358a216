// Waits for the points: asks for the page again until it is graded, more slowly each time.

const holder = document.getElementById("result");

async function ask(tries) {
  try {
    const reply = await fetch(location.href, { cache: "no-store", headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html").getElementById("result");
    if (reply.ok && fresh && !("waiting" in fresh.dataset)) {
      holder.replaceChildren(...fresh.children);
      document.querySelector("h1").focus();
      return;
    }
  } catch (error) { /* no network: the next turn asks again */ }
  setTimeout(ask, Math.min(20000, 800 * 1.4 ** tries) * (0.8 + Math.random() * 0.4), tries + 1);
}

setTimeout(ask, 700, 0);
