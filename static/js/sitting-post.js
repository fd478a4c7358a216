// One request to the answer path, and what its reply means. Wire contract: contests/intake.py.

const PATIENCE = 8000; // ms

// kind: ok · stale · closed · elsewhere · extended · refused (422: never send that again) · reload (401) · gone (404) · busy · offline
const KINDS = { 200: "ok", 401: "reload", 404: "gone", 413: "refused", 415: "refused", 422: "refused" };

const REFUSALS = ["stale", "elsewhere", "extended"]; // 409; anything else of it means closed

export async function post(sitting, act, entries, more = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  const began = performance.now();
  const answers = entries.map(({ question, choice, text, seq }) => (text === undefined ? { question, choice, seq } : { question, text, seq }));
  const body = JSON.stringify({ answers, ...more });
  try {
    const reply = await fetch(`/api/attempts/${sitting.attempt}/${act}`, {
      method: "POST",
      keepalive: body.length < 16000, // outlives the page: a tap just before leaving still arrives. Browsers allow 64 kB of it
      credentials: "omit",
      cache: "no-store",
      signal: stop.signal,
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${sitting.token}` },
      body,
    });
    const said = await reply.json().catch(() => ({}));
    // A 200 that is not ours (a captive portal, a cut body) acknowledges nothing.
    if (reply.ok && !(act === "submit" ? said.receipt : said.saved)) return { kind: "busy", body: {}, wait: 0 };
    if (said.now) sitting.clock.hear(said.now, performance.now() - began);
    if (said.deadline) sitting.ends(said.deadline);
    if (reply.status === 409) return { kind: REFUSALS.includes(said.error) ? said.error : "closed", body: said };
    return { kind: KINDS[reply.status] || "busy", body: said, wait: Number(reply.headers.get("Retry-After")) * 1000 || 0 };
  } catch (error) {
    return { kind: "offline", body: {}, wait: 0 };
  } finally {
    clearTimeout(timer);
  }
}

// Longer after each failure, never in step with the other phones that lost the same network.
export const pause = (failures, atLeast = 0) => Math.max(atLeast, Math.min(15000, 500 * 2 ** failures)) * (0.6 + Math.random() * 0.8);
