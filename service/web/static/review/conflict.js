/** The dialog that shows my text beside theirs where both were written at once. */

import { isStale } from "./cell.js";
import { compareWords } from "./words.js";

/** One dialog at a time; the next waits for its turn. */
let turn = Promise.resolve();

/** What stands in the dialog where somebody else wrote meanwhile. */
const THEIRS = {
  alert: "somebody else wrote it meanwhile. Neither text is lost.",
  mine: "Mine",
  theirs: "Theirs",
  keep: "Keep mine",
  take: "Take theirs",
};
/** And where both texts are mine. */
const BOTH_MINE = {
  alert: "you typed another text in another tab or browser. Neither text is lost.",
  mine: "Mine, typed elsewhere",
  theirs: "Here",
  keep: "Use the one typed elsewhere",
  take: "Leave what is here",
};

/**
 * Show an offer beside the text that stands in its cell, and return what the person decides:
 * `keep`, `take`, `edit`, or nothing for later.
 * @param {import("./cell.js").Cell} cell
 * @param {import("./cell.js").Offer} offer
 * @returns {Promise<string>}
 */
export function askWhichText(cell, offer) {
  const answer = turn.then(() => (cell.offers.includes(offer) ? ask(cell, offer) : ""));
  turn = answer;
  return answer;
}

async function ask(cell, offer) {
  const dialog = document.getElementById("conflict");
  const words = isStale(offer, cell) ? THEIRS : BOTH_MINE;
  const [mine, theirs] = compareWords(offer.text, cell.shownText);
  const { lang } = cell.textElement;
  show(dialog.querySelector('[data-side="mine"]'), mine, lang);
  show(dialog.querySelector('[data-side="theirs"]'), theirs, lang);
  const badge = cell.element.querySelector(".badge").textContent;
  const state = cell.dirty ? "not committed" : badge;
  document.getElementById("conflict-mine").textContent = words.mine;
  document.getElementById("conflict-theirs").textContent = `${words.theirs} (${state})`;
  dialog.querySelector('[value="keep"]').textContent = words.keep;
  dialog.querySelector('[value="take"]').textContent = words.take;
  dialog.returnValue = "";
  dialog.showModal();
  // Nothing is chosen by a key that was meant for the text: no button has the focus at first.
  document.getElementById("conflict-title").focus();
  const alert = dialog.querySelector('[role="alert"]');
  alert.textContent = `${cell.place}: ${words.alert}`;
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
