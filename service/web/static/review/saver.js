/**
 * Brings what was typed and decided to the server: one request a cell at a time, in order, again
 * and again until it is there. A text leaves the cell only when the server has it.
 */

import { putLink, putWorkingCopy } from "./api.js";
import { writeLocal } from "./local.js";

const AUTOSAVE_MS = 800;
// Somebody who never pauses is saved, too.
const AUTOSAVE_AT_MOST_MS = 5_000;
const BACK_OFF_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

export class Saver {
  /**
   * @param {{conflict: (cell: Cell) => void, saved: (cell: Cell, words: string) => void,
   *   failed: (cell: Cell, words: string) => void, recovered: (cell: Cell) => void}} listener
   */
  constructor(listener) {
    this.listener = listener;
    /** Cells with something that is not on the server. */
    this.pending = new Set();
    addEventListener("online", () => this.flushAll());
    addEventListener("pagehide", () => this.flushAll());
    document.addEventListener("visibilitychange", () => document.hidden && this.flushAll());
  }

  /** Somebody typed: keep it here now, on the server after a pause. */
  typed(cell) {
    keepHere(cell, cell.copy);
    cell.undo = null;
    cell.refused = false;
    this.pending.add(cell);
    cell.typedSince ??= Date.now();
    const patience = cell.typedSince + AUTOSAVE_AT_MOST_MS - Date.now();
    this.#later(cell, Math.max(0, Math.min(AUTOSAVE_MS, patience)));
  }

  /** Commit the text as it is seen, and move it to a state unless that is `null`. */
  commit(cell, state) {
    cell.wanted = { text: cell.shownText, state };
    cell.refused = false;
    this.flush(cell);
  }

  /** Save a cell now. */
  flush(cell) {
    clearTimeout(cell.timer);
    if (!cell.busy) this.#work(cell);
  }

  flushAll() {
    for (const cell of this.pending) this.flush(cell);
  }

  async #work(cell) {
    cell.typedSince = null;
    keepHere(cell, this.#unsafe(cell));
    while (!cell.busy && (cell.wanted || !sameCopy(cell.copy, cell.kept))) {
      this.pending.add(cell);
      const changes = cell.wanted && missing(cell);
      if (cell.wanted && !changes) {
        this.#committed(cell, null);
        continue;
      }
      cell.busy = true;
      if (!cell.refused) cell.say("saving", "saving…");
      const arrived = await (changes ? this.#commit(cell, changes) : this.#keep(cell));
      cell.busy = false;
      if (!arrived) return;
    }
    if (cell.busy) return;
    this.pending.delete(cell);
    if (cell.copy && !cell.refused) sayKept(cell);
  }

  async #commit(cell, changes) {
    const wanted = cell.wanted;
    const answer = await putLink(cell.id, cell.version, changes);
    if (answer.kind === "unreachable") return this.#tryAgain(cell, answer.detail);
    this.#reached(cell);
    // Asked again meanwhile, as when somebody approves what is just being saved.
    const latest = cell.wanted === wanted;
    if (answer.kind === "done") {
      cell.kept = null;
      cell.adopt(answer.link);
      if (latest) this.#committed(cell, wanted);
    } else if (answer.kind === "stale") {
      this.#stale(cell, answer.current);
    } else {
      if (latest) cell.wanted = null;
      this.#refused(cell, answer.detail);
    }
    return true;
  }

  async #keep(cell) {
    const copy = cell.copy;
    const answer = await putWorkingCopy(cell.id, copy);
    if (answer.kind === "unreachable") return this.#tryAgain(cell, answer.detail);
    this.#reached(cell);
    // Refused, it is not asked for again until something else is typed.
    cell.kept = copy;
    if (answer.kind === "refused") this.#refused(cell, answer.detail);
    else if (!cell.refused) sayKept(cell);
    return true;
  }

  /** `sent` is what was just sent, `null` where the server had it all. */
  #committed(cell, sent) {
    const { text, state } = cell.wanted;
    cell.wanted = null;
    if (cell.typed === text || cell.typed === cell.text) cell.typed = null;
    cell.reference = null;
    keepHere(cell, cell.copy);
    cell.draw();
    if (sent) cell.say("saved", "saved");
    const saved = sent ? "draft saved" : "nothing to save";
    this.listener.saved(cell, state ? cell.state.replace("_", " ") : saved);
  }

  #stale(cell, current) {
    const { text, state } = cell.wanted;
    const mine = cell.typed ?? text;
    const agreed = current.text === mine && (state === null || state === current.state);
    const base = cell.version;
    cell.wanted = null;
    cell.typed = null;
    cell.offer = agreed ? null : { text: mine, base, state };
    cell.adopt(current);
    keepHere(cell, cell.copy);
    cell.say(agreed ? "saved" : "refused", agreed ? "saved" : "not saved: changed meanwhile");
    if (agreed) this.listener.saved(cell, current.state.replace("_", " "));
    else this.listener.conflict(cell);
  }

  #refused(cell, detail) {
    cell.refused = true;
    const words = `not saved: ${detail}`;
    cell.say("refused", words);
    this.listener.failed(cell, words);
  }

  /** @returns {false} */
  #tryAgain(cell, detail) {
    const words = `not saved: ${detail}, will be tried again`;
    cell.say("failed", words);
    if (cell.failures === 0) this.listener.failed(cell, words);
    this.#later(cell, BACK_OFF_MS[Math.min(cell.failures, BACK_OFF_MS.length - 1)]);
    cell.failures++;
    return false;
  }

  #reached(cell) {
    if (cell.failures) this.listener.recovered(cell);
    cell.failures = 0;
  }

  /** What this browser keeps: also a commit that has not arrived. */
  #unsafe(cell) {
    if (cell.copy || !cell.wanted || cell.wanted.text === cell.text) return cell.copy;
    return { text: cell.wanted.text, base: cell.version };
  }

  #later(cell, milliseconds) {
    clearTimeout(cell.timer);
    cell.timer = setTimeout(() => this.flush(cell), milliseconds);
  }
}

/** What of the wish the server does not have; `null` if it has all. */
function missing(cell) {
  const { text, state } = cell.wanted;
  const changes = {};
  if (text !== cell.text) changes.text = text;
  // A new text alone would take an approval back: where a state is wanted it goes along.
  if (state && (state !== cell.state || "text" in changes)) changes.state = state;
  return Object.keys(changes).length ? changes : null;
}

/** Two texts stand against each other where there is an offer: say which one is safe. */
function sayKept(cell) {
  cell.say("saved", cell.offer ? "your text is kept" : "saved");
}

/** Keep a copy in this browser; one that another tab has put there is not ours to take away. */
function keepHere(cell, copy) {
  if (copy !== null || cell.keptHere) writeLocal(cell.id, copy);
  cell.keptHere = copy !== null;
}

function sameCopy(one, other) {
  return one?.text === other?.text && one?.base === other?.base;
}
