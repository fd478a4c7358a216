// The big screen: the clock of the round, and how many take part. Loads itself anew when a round begins or ends.

import { grouped, say } from "./board-words.js";
import { countdown, serverClock } from "./clock.js";

const DAY = 24 * 3600 * 1000;
const REFRESH = 10000; // ms; the server counts no oftener

const clockFace = document.getElementById("countdown");
if (clockFace) {
  const clock = serverClock(Number(clockFace.dataset.now));
  const until = Number(clockFace.dataset.until);
  const tick = () => {
    const left = until - clock.now();
    const text = left > 2 * DAY
      ? say("days", { d: Math.floor(left / DAY), h: Math.floor(left / 3600000) % 24 })
      : countdown(left);
    if (clockFace.textContent !== text) clockFace.textContent = text;
    clockFace.parentElement.toggleAttribute("data-urgent", left < 60000);
    if (left > 0) setTimeout(tick, 250);
    else setTimeout(() => location.reload(), 2000 + Math.random() * 8000);
  };
  tick();
}

const address = document.getElementById("screen").dataset.turnout;
setInterval(async () => {
  try {
    const { people, attempts } = await (await fetch(address, { cache: "no-store" })).json();
    document.getElementById("turnout-people").textContent = grouped(people);
    document.getElementById("turnout-attempts").textContent = grouped(attempts);
  } catch (error) { /* the hall keeps the last numbers */ }
}, REFRESH);
