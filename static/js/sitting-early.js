// Runs before the first paint of a sitting, so that the page of all questions does not flash. Not a module on purpose.
// A phone without modules, or one that cannot load sitting.js, keeps the plain page with its two buttons.
(() => {
  const page = document.documentElement;
  if (!("noModule" in HTMLScriptElement.prototype) || !window.fetch) return;
  page.classList.add("js-sitting");
  window.setTimeout(() => { if (page.dataset.sitting !== "ready") page.classList.remove("js-sitting"); }, 8000);
})();
