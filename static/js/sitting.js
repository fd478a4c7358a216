// A sitting: every tap goes to the journal, then to the server, and the page says where it is. Without this file the page
// is a plain form, and the two may be mixed at any time: the server keeps one set of answers.

import { countdown, serverClock, timeOfDay } from "./clock.js";
import { openJournal } from "./journal.js";
import { createEnd } from "./sitting-end.js";
import { createPaper } from "./sitting-paper.js";
import { createSender } from "./sitting-send.js";
import { close, element, note, say, tell, write } from "./sitting-words.js";

const form = element("sitting");
const clock = serverClock(Number(form.dataset.now));
const sitting = {
  attempt: form.dataset.attempt,
  token: form.dataset.token,
  clock,
  deadline: Number(form.dataset.deadline),
  ends(deadline) { // by every reply: an organizer may give more time, never less
    if (deadline <= this.deadline) return;
    this.deadline = deadline;
    note(say("extended", { time: timeOfDay(deadline) }));
  },
};
const paper = createPaper(form, say);
const journal = openJournal(sitting.attempt);
const entries = new Map(); // question -> the newest entry known: of the server, the journal or a tap
let highest = 0; // no tap may get a number that the server or the journal has seen

// --- where the work is ---------------------------------------------------------------------------------------------
let trouble = ""; // "busy" or "offline", until a reply comes

const heard = (state, detail) => {
  if (state === "closed") return end.closed(detail);
  if (state === "elsewhere") return end.elsewhere();
  if (state === "reload") return reload();
  if (state === "gone") return tell("refused", say("gone"));
  if (state === "stale") return detail.forEach(adopt);
  if (state === "busy" || state === "offline") trouble = state;
  else if (state !== "still") trouble = "";
  if (end.ending) return null;
  if (state === "saved") return tell("saved", say("saved", { time: timeOfDay(detail) }));
  if (state === "refused") return tell("refused", say("refused", { n: sender.refused }));
  if (!trouble) return tell("waiting", say("waiting", { n: sender.waiting }));
  const kept = trouble === "offline" && !journal.durable ? "memory" : trouble;
  return tell(trouble, say(kept, { n: sender.waiting }));
};
const sender = createSender(sitting, heard);
const tabs = "BroadcastChannel" in window ? new BroadcastChannel(`bai-lam-${sitting.attempt}`) : null;
const end = createEnd({ form, paper, journal, sender, entries, sitting, heard, tabs, finish: () => finish() });

// The server has a newer answer than this page, from another phone.
function adopt([question, value, seq]) {
  const entry = paper.entry(question, value, seq);
  highest = Math.max(highest, seq);
  entries.set(question, entry);
  journal.put(entry);
  paper.set(question, value);
  note(say("elsewhere", { n: question }));
}

// A token that the server no longer knows: the page itself brings a new one. Once, or a fault would reload for ever.
function reload() {
  if (location.search) return tell("refused", say("refused", { n: sender.waiting }));
  return location.replace(`${location.pathname}?lai${location.hash}`);
}

// --- taps ----------------------------------------------------------------------------------------------------------
async function choose(question) {
  // The server's time, not the phone's: of two phones that chose unseen by each other, the later tap must count.
  highest = Math.max(Math.round(clock.now()), highest + 1);
  const entry = paper.entry(question, paper.value(question), highest);
  entries.set(question, entry);
  paper.mark(question);
  note("");
  if (!trouble) tell("waiting", say("waiting", { n: sender.waiting + 1 }));
  if (tabs) tabs.postMessage(entry);
  await journal.put(entry); // before it is sent: a phone that dies now still has it
  if (entries.get(question) === entry) sender.add(entry);
}

// What another tab or an earlier visit knows and this page does not.
function learn(entry, unsent) {
  const known = entries.get(entry.question);
  highest = Math.max(highest, entry.seq);
  if (known && known.seq >= entry.seq) return;
  entries.set(entry.question, entry);
  paper.set(entry.question, entry.choice || entry.text);
  if (unsent) sender.add(entry);
  else sender.forget(entry.question);
}

// A text is kept while it is typed, a moment after each stop, and at once when its field is left or the work ends.
const typing = new Map(); // question -> timer
function finish(only) {
  for (const [question, timer] of typing) {
    if (only && question !== only) continue;
    clearTimeout(timer);
    typing.delete(question);
    choose(question);
  }
}
form.addEventListener("input", ({ target }) => {
  if (!("typed" in target.dataset)) return;
  const question = paper.question(target);
  clearTimeout(typing.get(question));
  typing.set(question, setTimeout(finish, 1200, question));
});
form.addEventListener("change", ({ target }) => {
  if ("typed" in target.dataset) {
    finish(paper.question(target));
    paper.tidy(paper.question(target));
  } else if (target.name) choose(paper.question(target));
});
form.addEventListener("submit", (event) => event.preventDefault());
if (tabs) tabs.onmessage = ({ data }) => (data.ended ? end.leave({ quietly: true }) : learn(data, false));

// --- moving about --------------------------------------------------------------------------------------------------
element("previous").addEventListener("click", () => paper.show(paper.current - 1));
element("next").addEventListener("click", () => paper.show(paper.current + 1));
document.addEventListener("click", (event) => {
  const go = event.target.closest("[data-go]");
  const flag = event.target.closest("[data-flag]");
  const move = event.target.closest("[data-move]:not([aria-disabled=true])");
  const keep = event.target.closest("[data-keep]");
  if (go) {
    close("palette");
    close("review");
    paper.show(Number(go.dataset.go));
  } else if (flag) {
    paper.flag(paper.question(flag));
    journal.put({ question: 0, choice: [...paper.flags], seq: 0 });
  } else if (move) {
    paper.move(move);
    choose(paper.question(move));
  } else if (keep) {
    paper.keep(keep);
    choose(paper.question(keep));
  } else if (event.target.closest("[data-open=review]")) {
    finish();
    close("palette");
    const missing = paper.unanswered().length;
    write("review-text", missing ? say("missing", { n: missing }) : say("all", { n: paper.questions.length }));
    if (!element("confirm").disabled) write("review-status", "");
    paper.review(element("review-list"));
  }
});

// --- time ----------------------------------------------------------------------------------------------------------
const BELLS = [5, 1]; // minutes
let before = sitting.deadline - clock.now();

function tick() {
  const left = sitting.deadline - clock.now();
  write("time", countdown(left));
  element("bar").toggleAttribute("data-urgent", left <= 60000);
  const bell = BELLS.find((minutes) => left <= minutes * 60000 && before > minutes * 60000);
  if (bell) write("bell", say("minutes", { n: bell }));
  before = left;
  if (left > 0 || end.ending) return;
  if (clock.unsure) askTheTime(); // after a sleep only the server knows whether the time is over
  else end.over();
}

let asked = -Infinity;
async function askTheTime() {
  const began = performance.now();
  if (began - asked < 4000) return;
  asked = began;
  try {
    const reply = await fetch(location.pathname, { credentials: "same-origin", cache: "no-store" });
    if (reply.redirected) return void location.replace(form.dataset.result);
    const [, now, deadline] = (await reply.text()).match(/data-now="(\d+)" data-deadline="(\d+)"/) || [];
    if (!now) return void end.elsewhere();
    clock.hear(Number(now), performance.now() - began);
    sitting.ends(Number(deadline));
  } catch (error) {
    heard("offline"); // asked again on the next beat
  }
}

// --- coming and going ----------------------------------------------------------------------------------------------
window.addEventListener("online", () => setTimeout(sender.hurry, Math.random() * 800));
window.addEventListener("offline", () => { if (sender.waiting) heard("offline"); });
window.addEventListener("pagehide", () => { finish(); sender.leave(); });
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    finish();
    return sender.leave();
  }
  clock.wake();
  // An answer that the server has is sent once more: it changes nothing, and the reply brings the time.
  const [known] = entries.values();
  if (known && !sender.waiting && !end.ending) sender.add(known);
  return sender.hurry();
});

// --- begin ---------------------------------------------------------------------------------------------------------
for (const question of paper.questions) {
  const seq = paper.seq(question);
  highest = Math.max(highest, seq);
  if (seq) entries.set(question, paper.entry(question, paper.value(question), seq));
}
paper.questions.filter(paper.touched).forEach(choose); // taps from before this module ran
const [, place] = location.hash.match(/^#cau-(\d+)$/) || [];
paper.show(Number(place) || paper.unanswered()[0] || 1, false);
if (entries.size) tell("saved", say("stored"));
tick();
setInterval(tick, 250);
journal.ready.then(() => {
  for (const entry of journal.all()) {
    if (entry.question) learn(entry, true);
    else entry.choice.forEach((question) => paper.flag(question, true));
  }
  document.documentElement.dataset.sitting = "ready";
  document.documentElement.classList.add("js-sitting"); // a late module takes the page back from the plain form
});
