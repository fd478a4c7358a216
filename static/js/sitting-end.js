// The end of a sitting: the member hands in, the time is over, or the server has closed it. Always ends on the result.

import { timeOfDay } from "./clock.js";
import { close, element, open, say, tell, write } from "./sitting-words.js";

export function createEnd({ form, paper, journal, sender, entries, sitting, heard, tabs, finish }) {
  let ending = false;

  const leave = async ({ quietly = false } = {}) => {
    if (tabs && !quietly) tabs.postMessage({ ended: true });
    await journal.clear();
    location.replace(form.dataset.result);
  };
  const shut = () => {
    finish();
    ending = true;
    paper.lock();
    close("review");
    close("palette");
  };

  // What the server has is what counts. Say which choices it does not have, instead of letting the member find out.
  const closed = ({ current = [], deadline: ended = sitting.deadline, now = 0 }) => {
    shut();
    const stored = new Map(current.map(([question, value]) => [question, String(value)]));
    const lost = paper.questions.filter((question) => String(paper.value(question)) !== (stored.get(question) || ""));
    if (!lost.length) return leave();
    const received = current.filter(([question, value]) => value.length && !paper.isSide(question)).length;
    write("ended-title", say(now < ended ? "handedInTitle" : "closedTitle"));
    const text = now < ended ? say("handedIn", { n: received }) : say("closed", { n: received, time: timeOfDay(ended) });
    write("ended-text", `${text} ${say("lost", { n: lost.length })}`);
    tell("over", text);
    return element("ended").hasAttribute("open") ? null : open("ended");
  };

  // Another device holds the sitting now. Nothing is lost by looking on; going on here is one tap.
  const elsewhere = () => {
    if (!element("elsewhere").hasAttribute("open")) open("elsewhere");
    close("review");
    tell(sender.waiting ? "refused" : "elsewhere", say("elsewhereShort"));
  };

  // The organizer gave more time while this page counted to zero; the note of the new deadline says so.
  const goOn = () => {
    ending = false;
    paper.unlock();
    tell("saved", say("stored"));
  };

  const handIn = async ({ again, unsent, more }) => {
    finish(); // what was typed a moment ago
    const outcome = await sender.submit([...entries.values()], again, unsent, more);
    if (!outcome) return;
    if (outcome.kind === "ok") await leave();
    else if (outcome.kind === "extended") goOn();
    else heard(outcome.kind, outcome.body);
  };

  const confirm = async () => {
    const button = element("confirm");
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    write("review-status", say("submitting"));
    await handIn({
      again: () => element("review").hasAttribute("open") && !ending,
      unsent: () => write("review-status", say("unsent")),
    });
    button.disabled = false;
    button.removeAttribute("aria-busy");
  };

  element("confirm").addEventListener("click", confirm);
  for (const id of ["ended", "elsewhere"]) element(id).addEventListener("cancel", (event) => event.preventDefault());
  document.querySelector("#ended a").addEventListener("click", (event) => { event.preventDefault(); leave(); });

  return {
    get ending() { return ending; },
    closed,
    elsewhere,
    leave,
    over() {
      shut();
      tell("over", say("over"));
      const ends = sitting.deadline;
      const time = timeOfDay(ends);
      const unsent = () => tell("over", say(sender.waiting ? "overOffline" : "overSaved", { n: sender.waiting, time }));
      handIn({ again: () => true, unsent, more: { ends } });
    },
  };
}
