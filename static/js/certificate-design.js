// Shows the certificate as it is being written. Without this module the button "Xem thử" shows it.

const WAIT = 700; // ms after the last letter
const form = document.querySelector("[data-design]");
const look = form.querySelector("[data-look]");
const problem = form.querySelector("[data-problem]");
let timer;
let asked = 0;

const draw = async () => {
  const turn = ++asked;
  try {
    const reply = await fetch(form.dataset.design, { method: "POST", body: new FormData(form) });
    if (!reply.ok || turn !== asked) return; // a newer one is on its way
    const seen = await reply.json();
    problem.hidden = !seen.problem;
    problem.querySelector("p").textContent = seen.problem ?? "";
    if (seen.picture) look.src = seen.picture;
  } catch {
    // offline: the picture stays as it was
  }
};

form.querySelector("[data-look-button]").hidden = true;
form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(draw, WAIT);
});
