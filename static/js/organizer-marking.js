// Marking an essay by one tap or one key: steps of ten per cent, Ctrl+Enter saves and goes on.

const field = document.querySelector("input[name=credit]");
const form = field.form;

const give = (credit) => {
  field.value = credit;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};

for (const part of form.querySelectorAll("[data-steps]")) part.hidden = false;
form.addEventListener("click", (event) => {
  const step = event.target.closest("[data-credit]");
  if (step) give(step.dataset.credit);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    if (form.requestSubmit) form.requestSubmit();
    else form.submit(); // before iOS 16
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (/^[0-9]$/.test(event.key)) give(10 * Number(event.key));
  else if (event.key.toLowerCase() === "x") give(100);
});
