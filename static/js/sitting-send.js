// Carries answers from the journal to the server until each is acknowledged, then the hand-in. Knows nothing of the page.

import { pause, post } from "./sitting-post.js";

// `tell(state, detail)`: saved (time) · waiting · busy · offline · refused · stale (rows) · closed (body) · elsewhere · reload · gone
export function createSender(sitting, tell) {
  const pending = new Map(); // question -> entry, the newest only
  const refused = new Set();
  let busy = false;
  let stopped = false;
  let failures = 0;
  let timer = 0;
  let wake = () => {};

  const acknowledge = (saved) => {
    for (const [question, seq] of saved || []) {
      if (pending.has(question) && pending.get(question).seq <= seq) pending.delete(question);
    }
  };

  // True when there is nothing left to try for these entries now.
  const settle = ({ kind, body, wait }, batch) => {
    acknowledge(body.saved);
    if (kind === "stale") {
      const newer = body.current.filter(([question, , seq]) => pending.has(question) && pending.get(question).seq <= seq);
      newer.forEach(([question]) => pending.delete(question));
      tell("stale", newer);
    } else if (kind === "refused") {
      if (batch.length > 1) return false; // one bad row must not hold the others: try them one by one
      batch.forEach(({ question, seq }) => {
        if (pending.has(question) && pending.get(question).seq === seq) pending.delete(question);
        refused.add(question);
      });
    } else if (kind === "closed" || kind === "elsewhere" || kind === "reload" || kind === "gone") {
      stopped = true;
      tell(kind, body);
      return true;
    }
    if (kind === "busy" || kind === "offline") {
      failures += 1;
      tell(kind);
      clearTimeout(timer);
      timer = setTimeout(flush, pause(failures, wait));
    } else {
      failures = 0;
      if (refused.size) tell("refused");
      else tell(pending.size ? "waiting" : "saved", body.now);
    }
    return true;
  };

  async function flush() {
    if (busy || stopped || !pending.size) return;
    busy = true;
    clearTimeout(timer);
    const batch = [...pending.values()];
    const outcome = await post(sitting, "answers", batch);
    if (!settle(outcome, batch)) {
      for (const entry of batch) {
        if (stopped) break;
        settle(await post(sitting, "answers", [entry]), [entry]);
      }
    }
    busy = false;
    if (pending.size && !failures) flush();
  }

  return {
    get waiting() { return pending.size; },
    get refused() { return refused.size; },
    add(entry) {
      pending.set(entry.question, entry);
      refused.delete(entry.question);
      if (!failures) tell("waiting");
      else tell("still");
      flush();
    },
    forget: (question) => pending.delete(question),
    hurry() { wake(); failures = Math.min(failures, 1); flush(); },
    leave() { if (pending.size && !stopped) post(sitting, "answers", [...pending.values()]); },
    // Hands in with everything that was chosen. Tries until the server has answered; `again()` false gives up between tries.
    async submit(all, again, unsent, more) {
      clearTimeout(timer);
      let entries = all;
      for (let tries = 0; again(); tries += 1) {
        const outcome = await post(sitting, "submit", entries, more);
        if (outcome.kind === "refused" && entries.length) { entries = []; await flush(); continue; }
        if (outcome.kind === "extended") { failures = 0; acknowledge(outcome.body.saved); return outcome; }
        if (!["busy", "offline"].includes(outcome.kind)) { stopped = true; return outcome; }
        unsent(outcome.kind);
        await new Promise((done) => { wake = done; setTimeout(done, pause(tries, outcome.wait)); });
      }
      flush();
      return null;
    },
  };
}
