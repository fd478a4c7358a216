// A form shows only what the choice at its head needs: a question by its kind, a change of many questions by what is changed.
// Without this everything is there, and each part says what it is for.

for (const form of document.querySelectorAll("[data-question]")) {
  const choice = form.querySelector("select[data-decides]");
  const parts = form.querySelectorAll("[data-kinds]");
  const fit = () => { for (const part of parts) part.hidden = !part.dataset.kinds.split(" ").includes(choice.value); };
  choice.addEventListener("change", fit);
  fit();
}
