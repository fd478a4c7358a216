// Brings the newest snapshot of a board: by socket, and while there is none by asking. Whole pictures with a version, so
// nothing is ever repaired: the highest version seen is the board. leaderboard/README.md says the rules that this keeps.

const SILENCE = 45000; // ms without a word: the socket is dead, whatever it says
const FIRST = 10000; // ms; a herd that lost one server must not come back at once
const LONGEST = 60000;
const POLL = 12000;

// `show(snapshot)` for each newer picture; `state(name)`: live · polling · lost
export function follow({ board, poll, version }, show, state) {
  let newest = version;
  let socket = null;
  let live = false;
  let failures = 0;
  let etag = "";
  let silence = 0;
  let retry = 0;
  let asking = 0;

  const take = (snapshot) => {
    if (snapshot.v <= newest) return;
    newest = snapshot.v;
    show(snapshot);
  };

  const ask = async () => {
    clearTimeout(asking);
    if (!live && !document.hidden) {
      try {
        const reply = await fetch(poll, { cache: "no-store", headers: etag ? { "If-None-Match": etag } : {} });
        if (reply.status === 200) {
          etag = reply.headers.get("ETag") || "";
          take(await reply.json());
        }
        if (!live) state(reply.ok || reply.status === 304 ? "polling" : "lost");
      } catch (error) { state("lost"); }
    }
    if (!live) asking = setTimeout(ask, POLL * (0.8 + Math.random() * 0.5));
  };

  const listen = () => {
    clearTimeout(silence);
    silence = setTimeout(() => socket && socket.close(), SILENCE);
  };

  const connect = () => {
    clearTimeout(retry);
    if (document.hidden || socket) return;
    const opened = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/boards/${board}/`);
    socket = opened;
    opened.onopen = () => { live = true; state("live"); listen(); };
    opened.onmessage = ({ data }) => {
      listen();
      const message = JSON.parse(data);
      failures = 0;
      if (message.top) take(message);
      else if (message.v > newest) opened.close(); // a heartbeat that knows more: something was missed
    };
    opened.onclose = () => {
      socket = null;
      live = false;
      clearTimeout(silence);
      if (document.hidden) return;
      ask();
      retry = setTimeout(connect, Math.random() * Math.min(LONGEST, FIRST * 2 ** failures));
      failures += 1;
    };
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      if (socket) socket.close(); // nobody looks: the server need not speak
    } else {
      ask();
      setTimeout(connect, Math.random() * 1000);
    }
  });
  window.addEventListener("online", ask);
  window.addEventListener("offline", () => state("lost"));
  connect();
}
