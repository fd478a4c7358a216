// Small manners of every page. Everything here is a comfort: pages work without it.

const words = document.body.dataset;

// --- the look: colours and size of text, kept on the phone ---------------------------------------------------------
// A button with data-look="theme" goes through the names in its data-names; the first of them is the phone's own look.
const root = document.documentElement.dataset;
const switches = [...document.querySelectorAll("[data-look]")];
const showLook = (button) => {
  const { look, names } = button.dataset;
  button.querySelector("[data-look-name]").textContent = button.dataset[root[look] || names.split(" ")[0]];
};
const nextLook = (button) => {
  const { look } = button.dataset;
  const names = button.dataset.names.split(" ");
  const name = names[(names.indexOf(root[look] || names[0]) + 1) % names.length];
  if (name === names[0]) delete root[look];
  else root[look] = name;
  try {
    if (name === names[0]) localStorage.removeItem(look);
    else localStorage.setItem(look, name);
  } catch (error) { /* storage is forbidden: the choice lasts for this page */ }
  switches.forEach(showLook);
};
for (const button of switches) {
  button.addEventListener("click", () => nextLook(button));
  button.hidden = false;
  showLook(button);
}

// --- a phone that is shared: logging out takes the journal of answers along (journal.js) -----------------------------
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("forgets" in form.dataset) || event.defaultPrevented) return;
  event.preventDefault();
  delete form.dataset.forgets;
  const go = () => {
    if ("sent" in form.dataset) return;
    if (form.requestSubmit) form.requestSubmit();
    else form.submit(); // before iOS 16
  };
  try {
    const request = indexedDB.deleteDatabase("bai-lam");
    request.onsuccess = request.onerror = go;
    setTimeout(go, 1500); // storage that hangs keeps nobody logged in
  } catch (error) { go(); }
});

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
  if (form.method !== "post" || form.hasAttribute("target") || "download" in form.dataset) return;
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

// --- a picture that fills the screen: Escape goes back, as everywhere -----------------------------------------------------
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector(".picture[open]");
  if (open) open.open = false;
});
