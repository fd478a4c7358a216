// The paper on the screen: one question at a time, what is chosen, what is flagged, the palette. Sends nothing.

import { kindOf, ordering } from "./sitting-kinds.js";

export function createPaper(form, say) {
  const sections = [...form.querySelectorAll("[data-question]")];
  const total = sections.length;
  const palette = [...document.querySelectorAll("#palette [data-go]")];
  const flags = new Set();
  const element = (id) => document.getElementById(id);
  const section = (question) => sections[question - 1];
  const kind = (question) => kindOf(section(question));
  const value = (question) => kind(question).read(section(question));
  const isSide = (question) => section(question).dataset.kind === "guess";
  const questions = sections.map((_, index) => index + 1);
  let current = 1;

  const label = (question) => {
    const answered = value(question).length ? "answered" : "unanswered";
    const words = isSide(question) ? say(`side${answered[0].toUpperCase()}${answered.slice(1)}`) : say(answered, { n: question });
    return flags.has(question) ? `${words}, ${say("flagged")}` : words;
  };
  const mark = (question) => {
    const button = palette[question - 1];
    button.dataset.state = `${value(question).length ? "answered" : ""} ${flags.has(question) ? "flagged" : ""}`.trim();
    button.setAttribute("aria-label", label(question));
    section(question).querySelector("[data-flag]").setAttribute("aria-pressed", String(flags.has(question)));
    element("done").value = questions.filter((each) => value(each).length).length;
  };

  const paper = {
    questions, flags, value, isSide,
    // An entry of the journal and the wire: positions or a text.
    entry: (question, of, seq) => ({ question, [kind(question).text ? "text" : "choice"]: kind(question).text ? String(of) : of, seq }),
    get current() { return current; },
    question: (input) => Number(input.closest("[data-question]").dataset.question),
    // Chosen on the page before this module ran.
    touched: (question) => kind(question).touched(section(question)),
    seq: (question) => Number(section(question).dataset.seq),
    unanswered: () => questions.filter((question) => !value(question).length),
    mark,
    set(question, of) {
      kind(question).write(section(question), kind(question).text ? String(of) : of);
      mark(question);
    },
    move(button) {
      const of = button.closest("[data-question]");
      const place = ordering.move(of, button.closest("li"), Number(button.dataset.move));
      of.querySelector("[data-moved]").textContent = say("moved", { n: place, total: of.querySelectorAll(".order > li").length });
      button.focus();
    },
    tidy(question) { if (kind(question).tidy) kind(question).tidy(section(question)); },
    keep: (button) => ordering.keep(button.closest("[data-question]")),
    flag(question, on = !flags.has(question)) {
      if (on) flags.add(question);
      else flags.delete(question);
      mark(question);
    },
    show(question, focus = true) {
      current = Math.min(Math.max(question, 1), total);
      for (const each of sections) each.toggleAttribute("data-current", each === section(current));
      palette.forEach((button, index) => {
        if (index + 1 === current) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
      });
      element("place").textContent = isSide(current) ? say("side") : `${current} / ${sections.filter((each) => each.dataset.kind !== "guess").length}`;
      element("previous").disabled = current === 1;
      element("next").hidden = current === total;
      element("finish").hidden = current !== total;
      // The address keeps the place over a reload, on phones that forbid storage too, and adds no step to "back".
      history.replaceState(null, "", `#cau-${current}`);
      if (focus) {
        window.scrollTo(0, 0);
        element(`cau-${current}`).focus({ preventScroll: true });
      }
    },
    // The unanswered and the flagged, as buttons that lead back to them.
    review(list) {
      const open = questions.filter((question) => !value(question).length || flags.has(question));
      list.replaceChildren(...open.map((question) => {
        const button = document.createElement("button");
        button.type = "button";
        button.dataset.go = String(question);
        button.dataset.state = palette[question - 1].dataset.state;
        button.textContent = String(question);
        button.setAttribute("aria-label", label(question));
        const item = document.createElement("li");
        item.append(button);
        return item;
      }));
    },
    lock() { for (const each of form.querySelectorAll("fieldset")) each.disabled = true; },
    unlock() { for (const each of form.querySelectorAll("fieldset")) each.disabled = false; },
  };
  for (const each of sections) if (kindOf(each).begin) kindOf(each).begin(each);
  questions.forEach(mark);
  return paper;
}
