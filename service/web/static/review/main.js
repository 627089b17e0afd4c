/** The review page: ties keys, pointer, field, saving and dialogs together. */

import { isStale } from "./cell.js";
import { askWhichText } from "./conflict.js";
import { Editor, reveal } from "./editor.js";
import { Grid } from "./grid.js";
import { actionOf } from "./keys.js";
import { Links } from "./links.js";
import { followJobs } from "./progress.js";
import { Saver } from "./saver.js";

const grid = new Grid(document.getElementById("rows"));
const saver = new Saver({
  saved(cell, words) {
    say(`${cell.place}: ${words}`);
    count(cell.column);
    editor.refresh();
  },
  failed: (cell, words) => say(`${cell.place}: ${words}`),
  recovered: (cell) => say(`${cell.place}: saved`),
  conflict: resolve,
});
const editor = new Editor(saver);
const links = new Links(grid, saver, { begin: () => editor.close(), say, renewed: saveRestored });

const actions = {
  approve,
  save: (cell) => commit(cell, null),
  "needs-work": (cell) => commit(cell, "needs_work"),
  draft: (cell) => commit(cell, "draft"),
  discard,
  undo: bringBack,
  offer: resolve,
  reload: () => location.reload(),
  edit: (cell) => edit(cell),
  close: () => editor.close(),
  below: (cell) => move(cell ? grid.below(cell, 1) : grid.first()),
  above: (cell) => move(cell ? grid.below(cell, -1) : grid.first()),
  left: (cell) => move(grid.beside(cell, -1)),
  right: (cell) => move(grid.beside(cell, 1)),
  join: (cell) => links.join(cell),
  separate: (cell) => links.separate(cell),
  pair: (cell) => links.pair(cell),
  restore: (cell) => links.restore(cell),
  keys: () => document.getElementById("keys").showModal(),
};

/** What a key was pressed on that is still held down. @type {?EventTarget} */
let pressedOn = null;
/** What may go on while its key is held down; all else is done once for each press. */
const REPEATED = new Set(["above", "below", "left", "right"]);

document.addEventListener("keydown", (event) => {
  if (!event.repeat) pressedOn = event.target;
  if (document.querySelector("dialog[open]")) return;
  const cell = grid.at(event.target);
  const inEditor = Boolean(editor.root?.contains(event.target));
  const action = actionOf(event, { inCell: cell !== null, inEditor });
  if (action) event.preventDefault();
  if (event.repeat && !REPEATED.has(action)) {
    // The key that opened a field, still held down, types nothing into it.
    if (event.target !== pressedOn) event.preventDefault();
    return;
  }
  if (action && !links.busy) actions[action](cell);
});

grid.main.addEventListener("click", (event) => {
  const cell = grid.at(event.target);
  if (!cell || links.busy) return;
  const button = event.target.closest("button[data-do]");
  if (button) actions[button.dataset.do](cell);
  else if (event.target.closest(".text") && getSelection().isCollapsed) {
    edit(cell, caretAt(event, cell));
  }
});

grid.main.addEventListener("focusin", (event) => {
  const cell = grid.at(event.target);
  if (cell) grid.stopAt(cell);
});

document.getElementById("show-keys").addEventListener("click", actions.keys);

function edit(cell, caret = 0) {
  if (cell.offers.length) resolve(cell);
  else editor.open(cell, caret);
}

/** Go to a cell; the field comes along where it was open. */
function move(cell) {
  if (!cell) return;
  if (editor.cell && !cell.offers.length) editor.open(cell);
  else {
    editor.close();
    cell.element.focus({ preventScroll: true });
    reveal(cell.element);
  }
}

/** Commit a cell's text, unless another text stands against it. */
function commit(cell, state) {
  if (cell.offers.length) resolve(cell);
  else saver.commit(cell, state);
}

function approve(cell) {
  if (cell.offers.length) return resolve(cell);
  if (!cell.approvable) return say(`${cell.place}: no text to approve, write one first`);
  // What is published stands above what is approved, unless its text is changed.
  if (cell.state !== "published" || cell.dirty) saver.commit(cell, "approved");
  const next = grid.nextToApprove(cell);
  if (next) return move(next);
  editor.close();
  cell.element.focus({ preventScroll: true });
  say(`${cell.language}: nothing left to approve`);
}

function discard(cell) {
  const mine = cell.shownText;
  editor.fill(cell.text);
  cell.undo = mine;
  cell.draw();
  saver.flush(cell);
}

function bringBack(cell) {
  const mine = cell.undo;
  const here = cell.dirty ? cell.typed : null;
  editor.open(cell);
  editor.fill(mine);
  cell.undo = here;
  cell.draw();
}

/** Let the person decide between the text that stands in a cell and another of theirs. */
async function resolve(cell) {
  if (editor.cell === cell) editor.close();
  count(cell.column);
  const [offer] = cell.offers;
  const stale = isStale(offer, cell);
  const answer = await askWhichText(cell, offer);
  if (!cell.offers.includes(offer)) return;
  if (answer) {
    cell.settle(offer, answer);
    count(cell.column);
  }
  // The dialog gives the focus back, unless what had it is gone.
  if (document.activeElement === document.body) cell.element.focus({ preventScroll: true });
  if (answer === "keep" && (stale || offer.state)) saver.commit(cell, offer.state);
  else saver.flush(cell);
  if (answer === "edit") editor.open(cell);
}

/** Offer to load the page again, where doing so would take the field from under somebody. */
function sayOutgrown() {
  const words = document.getElementById("outgrown-words").content.cloneNode(true);
  words.querySelector("button").addEventListener("click", actions.reload);
  document.getElementById("outgrown").replaceChildren(words);
}

function say(words) {
  document.getElementById("status").textContent = words;
}

/** Count a column's approved cells anew. */
function count(column) {
  const head = document.querySelectorAll("[data-alignment]")[column];
  const approved = grid.countApproved(column);
  head.querySelector(".approved").textContent = approved;
  head.querySelector(".progress progress").value = approved;
}

/** Where in the text a click was, so that the caret goes there. */
function caretAt(event, cell) {
  const position = document.caretPositionFromPoint?.(event.clientX, event.clientY);
  return position && cell.textElement.contains(position.offsetNode) ? position.offset : 0;
}

/** Cells scroll to below the header, however high its lines are. */
new ResizeObserver(([bar]) => {
  const height = bar.borderBoxSize[0].blockSize;
  document.documentElement.style.setProperty("--bar-height", `${height}px`);
}).observe(document.querySelector(".bar"));

/** Bring to the server what was typed before the rows were loaded and is not there yet. */
function saveRestored() {
  for (const cell of grid.cells) {
    if (cell.wanted || cell.copy || cell.kept || cell.origins.length) saver.flush(cell);
  }
}

saveRestored();

followJobs(grid, {
  isEdited: (cell) => cell === editor.cell,
  finished: () => grid.columns.forEach((_, column) => count(column)),
  outgrown() {
    const idle = !editor.cell && !saver.pending.size && !document.querySelector("dialog[open]");
    if (idle) location.reload();
    else sayOutgrown();
  },
});
