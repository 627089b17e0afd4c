/**
 * Brings what was typed and decided to the server: one request a cell at a time, in order, again
 * and again until it is there. A text leaves the cell only when the server has it.
 */

import { putLink, putWorkingCopy } from "./api.js";
import { forget, keep } from "./local.js";

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
    addEventListener("beforeunload", (event) => {
      if ([...this.pending].some(atRisk)) event.preventDefault();
    });
  }

  /** Somebody typed: keep it here now, on the server after a pause. */
  typed(cell) {
    cell.touched = true;
    keepHere(cell);
    cell.undo = null;
    cell.refused = false;
    this.pending.add(cell);
    cell.typedSince ??= Date.now();
    const patience = cell.typedSince + AUTOSAVE_AT_MOST_MS - Date.now();
    this.#later(cell, Math.max(0, Math.min(AUTOSAVE_MS, patience)));
  }

  /** Commit the text as it is seen, and move it to a state unless that is `null`. */
  commit(cell, state) {
    cell.touched = true;
    cell.wanted = { text: cell.shownText, state };
    cell.refused = false;
    this.flush(cell);
  }

  /** Save a cell now. */
  flush(cell) {
    clearTimeout(cell.timer);
    if (!cell.busy) cell.working = this.#work(cell);
  }

  flushAll() {
    for (const cell of this.pending) this.flush(cell);
  }

  /** Save everything, and return a cell that is not saved even so, if any. @returns {?Cell} */
  async settle() {
    this.flushAll();
    await Promise.all([...this.pending].map((cell) => cell.working));
    return [...this.pending][0] ?? null;
  }

  async #work(cell) {
    cell.typedSince = null;
    keepHere(cell);
    while (!cell.busy && (cell.wanted || cell.unkept)) {
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
    keepHere(cell);
    if (!cell.blocked || cell.keptHere) this.pending.delete(cell);
    if (cell.blocked) cell.say("refused", "kept in this browser only, until you have compared");
    else if (cell.copy && !cell.refused) sayKept(cell);
  }

  async #commit(cell, changes) {
    const wanted = cell.wanted;
    const answer = await putLink(cell.id, cell.version, changes);
    if (answer.kind === "unreachable") return this.#tryAgain(cell, answer.detail);
    this.#reached(cell);
    // Asked again meanwhile, as when somebody approves what is just being saved.
    const latest = cell.wanted === wanted;
    if (answer.kind === "done") {
      // The server drops the copy that is committed, and no other.
      if (cell.kept?.text === answer.content.text) cell.kept = null;
      cell.outdated = false;
      cell.adopt(answer.content);
      if (latest) this.#committed(cell, wanted);
    } else if (answer.kind === "stale") {
      this.#stale(cell, answer.current);
    } else {
      if (latest) cell.wanted = null;
      this.#refused(cell, answer);
    }
    return true;
  }

  async #keep(cell) {
    const copy = cell.copy;
    if (copy) cell.sent.add(copy.text);
    const answer = await putWorkingCopy(cell.id, copy, cell.tag);
    if (answer.kind === "unreachable") return this.#tryAgain(cell, answer.detail);
    this.#reached(cell);
    if (answer.kind === "refused") {
      // It is not asked for again until something else is typed.
      cell.refusedCopy = { copy };
      this.#refused(cell, answer);
      return true;
    }
    if (answer.kind === "stale") this.#keptMeanwhile(cell, answer);
    else takeTag(cell, answer.tag, copy);
    cell.sent.clear();
    if (!cell.refused && !cell.blocked) sayKept(cell);
    return true;
  }

  /** Another copy is kept than was seen: a text that is new here is offered, and stays there. */
  #keptMeanwhile(cell, { current, tag }) {
    const { kept, sent, text } = cell;
    const copy = current && { text: current.text, base: current.base_version };
    takeTag(cell, tag, copy);
    if (!copy || copy.text === kept?.text || copy.text === text || sent.has(copy.text)) return;
    if (!cell.offers.some((offer) => offer.text === copy.text)) {
      cell.offers.push({ ...copy, state: null, entries: [] });
    }
    cell.draw();
    this.listener.failed(cell, "you typed another text here, in another tab or browser");
  }

  /** `sent` is what was just sent, `null` where the server had it all. */
  #committed(cell, sent) {
    const { text, state } = cell.wanted;
    cell.wanted = null;
    if (cell.typed === text || cell.typed === cell.text) cell.typed = null;
    cell.reference = null;
    cell.origins.push(...cell.asides.splice(0));
    keepHere(cell);
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
    if (!agreed) cell.offers.unshift({ text: mine, base, state, entries: [], own: true });
    cell.adopt(current);
    keepHere(cell);
    cell.say(agreed ? "saved" : "refused", agreed ? "saved" : "not saved: changed meanwhile");
    if (agreed) this.listener.saved(cell, current.state.replace("_", " "));
    else this.listener.conflict(cell);
  }

  #refused(cell, { detail, outdated }) {
    cell.refused = true;
    cell.outdated = outdated;
    const words = `not saved: ${detail}`;
    cell.say("refused", words);
    cell.draw();
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

/** Remember what the server keeps now, and its tag: the link's version, and what the copy is. */
function takeTag(cell, tag, copy) {
  const [, version, hash] = /^"(\d+)-(\w+)"$/.exec(tag ?? "") ?? [];
  if (version) cell.tagVersion = Number(version);
  cell.kept = copy && { ...copy, hash };
}

/** Two texts stand against each other where there is an offer: say which one is safe. */
function sayKept(cell) {
  cell.say("saved", cell.offers.length ? "your text is kept" : "saved");
}

/**
 * Keep in this browser what is not safe yet, in place of what it grew out of. What another page
 * has kept and nobody has touched here stays as it is: that page may still be open.
 */
function keepHere(cell) {
  const { mine } = cell;
  if (mine && !cell.touched && cell.copy) return;
  if (mine || cell.touched || cell.keptHere) cell.keptHere = keep(cell.id, mine);
  if (cell.keptHere || !mine) cell.origins.splice(0).forEach(forget);
}

/** Whether closing the page would lose something, or leave a decision undone. */
function atRisk(cell) {
  if (cell.wanted !== null) return true;
  const kept = cell.keptHere || cell.origins.length || cell.offers.some((one) => one.entries.length);
  return cell.copy !== null && !kept && !cell.safe;
}
