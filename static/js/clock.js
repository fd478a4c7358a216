// The server's clock on this phone. The phone's own clock decides nothing: it is often wrong, and may be turned.

export const VIETNAM = 7 * 3600 * 1000; // ms; Vietnam has kept UTC+7 without summer time since 1975

export function serverClock(startedAt) {
  const [page] = performance.getEntriesByType ? performance.getEntriesByType("navigation") : [];
  let offset = startedAt - (page && page.responseStart ? page.responseStart : performance.now());
  let wall = Date.now() - performance.now();
  let guess = false;
  return {
    now: () => offset + performance.now(),
    // What a reply said, and how long the question and the reply took together.
    hear(serverNow, roundTrip) {
      offset = serverNow + Math.min(roundTrip, 2000) / 2 - performance.now();
      guess = false;
    },
    // Whether the time shown rests on the wall clock, which may have been turned: good enough to show, never to act on.
    get unsure() { return guess; },
    // performance.now() stands still while some phones sleep. Until the next reply the wall clock tells for how long.
    wake() {
      const slept = Date.now() - performance.now() - wall;
      if (slept > 2000) {
        offset += slept;
        guess = true;
      }
      wall = Date.now() - performance.now();
    },
  };
}

const two = (number) => String(number).padStart(2, "0");

// 29:41, and 1:02:09 from an hour on. Counts the second that has begun, so 00:00 means that the time is over.
export const countdown = (ms) => {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
};

// 14:05:12 in Vietnam, whatever zone the phone is in.
export const timeOfDay = (ms) => {
  const there = new Date(ms + VIETNAM);
  return `${two(there.getUTCHours())}:${two(there.getUTCMinutes())}:${two(there.getUTCSeconds())}`;
};
