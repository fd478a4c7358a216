// The board of units: its rows are asked for anew every fifteen seconds while somebody looks. The server says 304 while
// nothing has changed. What the reader has opened stays open.

const EVERY = 15000; // ms
const board = document.getElementById("units");
const lost = document.getElementById("units-lost");
let etag = "";
let timer = 0;

const ask = async () => {
  clearTimeout(timer);
  if (!document.hidden) {
    try {
      const reply = await fetch(board.dataset.rows, { cache: "no-store", headers: etag ? { "If-None-Match": etag } : {} });
      if (reply.status === 200) {
        etag = reply.headers.get("ETag") || "";
        const open = Boolean(board.querySelector("details[open]"));
        board.replaceChildren(...new DOMParser().parseFromString(await reply.text(), "text/html").body.childNodes);
        if (open && board.querySelector("details")) board.querySelector("details").open = true;
      }
      lost.hidden = reply.ok || reply.status === 304;
    } catch (error) { lost.hidden = false; }
  }
  timer = setTimeout(ask, EVERY * (0.8 + Math.random() * 0.4));
};

timer = setTimeout(ask, EVERY * (0.8 + Math.random() * 0.4));
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
window.addEventListener("online", ask);
