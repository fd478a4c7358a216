// The live board: shows each newer snapshot, keeps the member's own row true, says how fresh the picture is.

import { follow } from "./board-feed.js";
import { blankRow, draw, fill } from "./board-rows.js";
import { grouped, placeFromMarks, say } from "./board-words.js";
import { timeOfDay } from "./clock.js";

const live = document.getElementById("live");
const element = (id) => document.getElementById(id);
const { board, poll, around: aroundAddress, own: me } = live.dataset;
const limit = Number(live.dataset.limit) || 10;
const own = { order: live.dataset.ownOrder || "", place: Number(live.dataset.ownPlace) || 0 };
let at = Number(live.dataset.at);
let feed = "";

const write = (id, text) => { if (element(id) && element(id).textContent !== text) element(id).textContent = text; };
const fresh = () => write("freshness", feed ? say(feed, { time: timeOfDay(at) }) : element("freshness").textContent);

// --- one's own place -----------------------------------------------------------------------------------------------
const ASK_EVERY = 30000; // ms at most: the exact place costs a request, the range costs nothing
let asked = 0;
let timer = 0;

async function askPlace() {
  clearTimeout(timer);
  timer = 0;
  asked = Date.now();
  try {
    const reply = await fetch(aroundAddress, { cache: "no-store" });
    if (!reply.ok) return null;
    const found = await reply.json();
    Object.assign(own, { order: found.order, place: found.place });
    const row = found.rows.find(({ id }) => id === me);
    if (row) pin({ ...row, place: found.place });
    element("ask-around").hidden = false;
    return found;
  } catch (error) { return null; }
}

function pin(row) {
  const item = element("own").firstElementChild || blankRow();
  item.classList.add("pinned");
  element("own").replaceChildren(fill(item, row, { own: true }));
}

function placeOwn(snapshot) {
  const shown = snapshot.top.some(({ id }) => id === me);
  element("own").hidden = shown || !element("own").firstElementChild;
  if (shown) return;
  const [best, worst] = own.order ? placeFromMarks(own.order, snapshot.marks, snapshot.total) : [0, 0];
  const place = element("own").querySelector(".board-place");
  if (own.order && best === worst) own.place = best;
  else if (!timer) timer = setTimeout(askPlace, Math.max(0, asked + ASK_EVERY - Date.now()) + Math.random() * 3000);
  const certain = own.place >= best && own.place <= worst;
  if (place && own.order) place.textContent = certain ? grouped(own.place) : say("range", { from: grouped(best), to: grouped(worst) });
}

// --- the board -----------------------------------------------------------------------------------------------------
function show(snapshot) {
  at = snapshot.at;
  draw(element("rows"), snapshot.top.slice(0, limit), me);
  element("nobody").hidden = snapshot.top.length > 0;
  write("total", say("total", { n: grouped(snapshot.total) }));
  for (const pill of element("board-state").children) {
    pill.hidden = pill.dataset.state !== (snapshot.state === "final" ? "verified" : snapshot.state);
  }
  if (me) placeOwn(snapshot);
  fresh();
}

follow({ board, poll, version: Number(live.dataset.version) }, show, (state) => { feed = state; fresh(); });

// --- around me -----------------------------------------------------------------------------------------------------
const asker = element("ask-around");
if (asker) {
  asker.hidden = !own.order;
  asker.addEventListener("click", async () => {
    const found = await askPlace();
    write("around-text", found ? "" : say("alone"));
    if (found) draw(element("around-rows"), found.rows, me);
  });
}
