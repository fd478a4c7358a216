// Copying from the share kit. Without this module the texts are there to be marked and copied by hand.
const said = document.querySelector("[data-copied]");

for (const button of document.querySelectorAll("[data-copy], [data-copy-from]")) {
  if (!navigator.clipboard) break; // plain http: the browser lets nobody write there
  button.hidden = false;
  const word = button.textContent;
  button.addEventListener("click", async () => {
    const field = button.dataset.copyFrom ? document.getElementById(button.dataset.copyFrom) : null;
    try {
      await navigator.clipboard.writeText(field ? field.value : button.dataset.copy);
    } catch {
      field?.select(); // not allowed: at least it is marked
      return;
    }
    button.textContent = said.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = word; said.textContent = ""; }, 3000);
  });
}
