// What the organizers say while somebody sits: asked for every few seconds from an address that knows nobody, said politely
// and once, never over an answer. The words about this paper and the answers to this member come from an address of their own.

import { close, element, say, write } from "./sitting-words.js";

const EVERY = 10000; // ms; with the few seconds that servers keep it, a word is here within twenty
const SPREAD = 3000; // phones must not ask in step
const OWN_SPREAD = 4000; // and those who sit must not all ask Django in one second

const list = element("news-list");
const told = JSON.parse(element("news-wire").textContent);
const isOwn = ({ kind }) => kind === "question" || kind === "answer";
let everybody = told.filter((one) => !isOwn(one));
let own = told.filter(isOwn);
let stamp = list.dataset.stamp;
let asking = "asking" in list.dataset;
const key = `news-${location.pathname}`;

const read = () => { try { return JSON.parse(sessionStorage.getItem(key)) || []; } catch (error) { return []; } };
let seen = read();
const remember = () => { try { sessionStorage.setItem(key, JSON.stringify(seen)); } catch (error) { /* told once more after a reload */ } };

const title = (one) => (one.kind === "question" ? say("newsQuestion", { n: one.place }) : one.kind === "answer" ? say("newsAnswer") : say("newsContest"));
const paragraph = (text, name) => Object.assign(document.createElement(name), { textContent: text });

function item(one) {
  const row = document.createElement("li");
  if (isOwn(one)) row.append(paragraph(title(one), "b")); // the sheet's own title says the rest
  if (one.asked) row.append(Object.assign(paragraph(say("newsAsked", { text: one.asked }), "p"), { className: "quiet" }));
  row.append(paragraph(one.text, "p"));
  return row;
}

function show() {
  const all = [...everybody, ...own].sort((one, other) => other.at - one.at);
  const unseen = all.filter(({ id }) => !seen.includes(id));
  list.replaceChildren(...all.map(item));
  element("news-again").hidden = !all.length;
  write("news-again", say("newsAgain", { n: all.length }));
  element("news-line").hidden = !unseen.length;
  if (!all.length) close("news");
  if (!unseen.length) return;
  write("news-first", `${title(unseen[0])}: ${unseen[0].text}`);
  write("news-said", `${title(unseen[0])}: ${unseen[0].text}`);
}

async function ask(address, options) {
  const reply = await fetch(address, options);
  if (!reply.ok) throw new Error(reply.status);
  return reply.json();
}

async function askMine() {
  const mine = await ask(list.dataset.mine, { credentials: "same-origin", redirect: "error" });
  own = mine.items;
  asking = mine.asking;
  show();
}

async function look() {
  if (document.hidden) return;
  try {
    const news = await ask(`/api/news/${list.dataset.slug}`, { credentials: "omit" });
    everybody = news.items.filter(({ round }) => !round || String(round) === list.dataset.round);
    show();
    if (news.own === stamp && !asking) return;
    const changed = news.own;
    setTimeout(() => askMine().then(() => { stamp = changed; }, () => {}), Math.random() * OWN_SPREAD);
  } catch (error) { /* no network: the next round tries again */ }
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-open=news]")) return;
  seen = [...everybody, ...own].map(({ id }) => id);
  remember();
  element("news-line").hidden = true;
});
document.addEventListener("visibilitychange", look);
const again = () => setTimeout(() => look().finally(again), EVERY + Math.random() * SPREAD);
again();
show();
