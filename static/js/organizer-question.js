// A question's form shows only what its kind needs. Without this everything is there, and each part says for which kind it is.

for (const form of document.querySelectorAll("[data-question]")) {
  const kind = form.querySelector("select[name$=kind]");
  const parts = form.querySelectorAll("[data-kinds]");
  const fit = () => { for (const part of parts) part.hidden = !part.dataset.kinds.split(" ").includes(kind.value); };
  kind.addEventListener("change", fit);
  fit();
}
