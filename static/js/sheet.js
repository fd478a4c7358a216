// Sheets: <button data-open="id"> shows <dialog class="sheet" id="id">, [data-close] and a press outside hide it.
// Where <dialog> is unknown (before iOS 15.4) the attribute alone does the work, without the veil.
// The second tap of a double tap lands on what has just opened under the finger, and must neither hand in nor close it:
// a sheet takes no press in its first half second ([data-fresh], see app.css).

const FRESH = 500; // ms

const close = (sheet) => (sheet.close ? sheet.close() : sheet.removeAttribute("open"));

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (event.target.closest("[data-fresh]")) {
    event.preventDefault();
  } else if (opener) {
    const sheet = document.getElementById(opener.dataset.open);
    sheet.dataset.fresh = "";
    setTimeout(() => delete sheet.dataset.fresh, FRESH);
    if (sheet.showModal) sheet.showModal();
    else {
      sheet.setAttribute("open", "");
      sheet.scrollIntoView();
    }
  } else if (event.target.closest("[data-close]") || event.target.matches("dialog.sheet")) {
    close(event.target.closest(".sheet"));
  }
});
