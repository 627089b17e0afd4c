/** The dialog that shows my text beside theirs where both were written at once. */

import { compareWords } from "./words.js";

/** One dialog at a time; the next waits for its turn. */
let turn = Promise.resolve();

/**
 * Show a cell's two texts, and return what the person decides: `keep`, `take`, `edit`, or nothing
 * for later.
 * @param {import("./cell.js").Cell} cell with an offer
 * @returns {Promise<string>}
 */
export function askWhichText(cell) {
  const answer = turn.then(() => (cell.offer ? ask(cell) : ""));
  turn = answer;
  return answer;
}

async function ask(cell) {
  const dialog = document.getElementById("conflict");
  const [mine, theirs] = compareWords(cell.offer.text, cell.text);
  const { lang } = cell.textElement;
  show(dialog.querySelector('[data-side="mine"]'), mine, lang);
  show(dialog.querySelector('[data-side="theirs"]'), theirs, lang);
  const state = cell.element.querySelector(".badge").textContent;
  dialog.querySelector('[data-side="state"]').textContent = `(${state})`;
  dialog.returnValue = "";
  dialog.showModal();
  // Nothing is chosen by a key that was meant for the text: no button has the focus at first.
  document.getElementById("conflict-title").focus();
  const alert = dialog.querySelector('[role="alert"]');
  alert.textContent = `${cell.place}: somebody else wrote it meanwhile. Neither text is lost.`;
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  alert.textContent = "";
  return dialog.returnValue;
}

/** Write a text with its own words marked. */
function show(element, runs, lang) {
  element.lang = lang;
  element.replaceChildren(
    ...runs.map((run) => {
      const part = document.createElement(run.same ? "span" : "mark");
      part.textContent = run.text;
      return part;
    }),
  );
}
