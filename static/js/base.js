// Small manners of every page. Everything here is a comfort: pages work without it.

const words = document.body.dataset;

// --- colour scheme: as the phone says, light, dark ---------------------------------------------------------------
const switcher = document.querySelector("[data-theme-switch]");
if (switcher) {
  const themes = ["auto", "light", "dark"];
  let theme = document.documentElement.dataset.theme || "auto";
  const show = () => { switcher.querySelector("[data-theme-name]").textContent = switcher.dataset[theme]; };
  switcher.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    try {
      if (theme === "auto") localStorage.removeItem("theme");
      else localStorage.setItem("theme", theme);
    } catch (error) { /* storage is forbidden: the choice lasts for this page */ }
    show();
  });
  switcher.hidden = false;
  show();
}

// --- confirm, then send once ---------------------------------------------------------------------------------------
const SEND_AGAIN_AFTER = 20000; // ms; a download answers without leaving the page
const release = (form) => {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
};

document.addEventListener("click", (event) => {
  const asker = event.target.closest("a[data-confirm]");
  if (asker && !window.confirm(asker.dataset.confirm || words.wordConfirm)) event.preventDefault();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  const asker = [button, form].find((each) => each && "confirm" in each.dataset);
  if (event.defaultPrevented) return;
  if ("sent" in form.dataset || (asker && !window.confirm(asker.dataset.confirm || words.wordConfirm))) {
    event.preventDefault();
    return;
  }
  form.dataset.clean = "";
  if (form.method !== "post" || form.hasAttribute("target")) return;
  form.dataset.sent = "";
  // After the browser has collected the fields: a disabled button would not be among them.
  setTimeout(() => {
    if (event.defaultPrevented) return release(form);
    const pressed = button || form.querySelector("button:not([type=button]), [type=submit]");
    if (pressed) {
      pressed.setAttribute("aria-busy", "true");
      pressed.disabled = true;
    }
    setTimeout(release, SEND_AGAIN_AFTER, form);
  });
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

// --- unsaved work --------------------------------------------------------------------------------------------------
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) form.dataset.changed = "";
});
window.addEventListener("beforeunload", (event) => {
  if (!document.querySelector("form[data-guard][data-changed]:not([data-clean])")) return;
  event.preventDefault();
  event.returnValue = ""; // Chrome before 119
});

// --- show a password -----------------------------------------------------------------------------------------------
for (const input of document.querySelectorAll("input[type=password]")) {
  const holder = document.createElement("div");
  holder.className = "with-button";
  input.replaceWith(holder);
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words.wordShow;
  button.setAttribute("aria-label", words.wordShowPassword);
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.textContent = shown ? words.wordHide : words.wordShow;
    button.setAttribute("aria-pressed", String(shown));
  });
  holder.append(input, button);
}

// --- what old web views lack ---------------------------------------------------------------------------------------
if (!("CSSLayerBlockRule" in window)) import("./flatten.js").then((module) => module.flatten(document));
