// Sheets: <button data-open="id"> shows <dialog class="sheet" id="id">, [data-close] and a press outside hide it.
// Where <dialog> is unknown (before iOS 15.4) the attribute alone does the work, without the veil.

const close = (sheet) => (sheet.close ? sheet.close() : sheet.removeAttribute("open"));

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    const sheet = document.getElementById(opener.dataset.open);
    if (sheet.showModal) sheet.showModal();
    else {
      sheet.setAttribute("open", "");
      sheet.scrollIntoView();
    }
  } else if (event.target.closest("[data-close]") || event.target.matches("dialog.sheet")) {
    close(event.target.closest(".sheet"));
  }
});
