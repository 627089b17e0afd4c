/** What a person says about links: the server aligns anew what that touches, and rows follow. */

import { postCorrections } from "./api.js";
import { reveal } from "./editor.js";

export class Links {
  /**
   * @param {import("./grid.js").Grid} grid
   * @param {import("./saver.js").Saver} saver
   * @param {{begin: () => void, say: (words: string) => void, renewed: () => void}} listener
   */
  constructor(grid, saver, listener) {
    this.grid = grid;
    this.saver = saver;
    this.listener = listener;
    /** Whether an answer is awaited: until it is there the rows take nothing. */
    this.busy = false;
    /** The cell that waits for its counterpart. @type {?import("./cell.js").Cell} */
    this.marked = null;
  }

  /** Make one link of a cell's and that of the next in its column. */
  join(cell) {
    if (!this.#correctable(cell)) return;
    const next = this.grid.below(cell, 1);
    if (next) this.#unite(cell, next, "Joined");
    else this.#say(cell, "there is no row below to join with");
  }

  /** Let both sides of a cell's link stand alone. */
  separate(cell) {
    if (!this.#correctable(cell)) return;
    const { source, target } = cell.link;
    if (!source.length || !target.length) return this.#say(cell, "it stands alone already");
    const alone = [
      { source, target: [] },
      { source: [], target },
    ];
    this.#correct(cell, alone, { words: "Separated", before: [cell.link] });
  }

  /** Mark a cell or, where another of its column is marked, make one link of both. */
  pair(cell) {
    if (!this.#correctable(cell)) return;
    const other = this.marked;
    this.#mark(null);
    if (other?.column === cell.column && other !== cell) {
      // Where both lack the same side the mark stays: the counterpart is still to be found.
      if (!this.#unite(other, cell, "Paired")) this.#mark(other);
    } else if (other !== cell) {
      this.#mark(cell);
      this.#say(cell, "marked: press Alt+P on its counterpart");
    } else this.#say(cell, "no longer marked");
  }

  /** Let the links stand again that the last correction changed. */
  restore(cell) {
    this.#correct(cell, cell.corrected.before, { words: "Undone", before: null });
  }

  #correctable(cell) {
    if (this.busy || !cell) return false;
    if (cell.link) return true;
    this.#say(cell, "a machine's draft belongs to its source: there is nothing to correct");
    return false;
  }

  #mark(cell) {
    const before = this.marked;
    this.marked = cell;
    for (const one of [before, cell]) {
      if (!one) continue;
      one.marked = one === cell;
      one.draw();
    }
  }

  #unite(cell, other, words) {
    const before = [cell.link, other.link];
    const [source, target] = ["source", "target"].map((side) => before.flatMap((one) => one[side]));
    if (!source.length || !target.length) {
      this.#say(cell, "neither of the two has a counterpart: nothing to join");
      return false;
    }
    this.#correct(cell, [{ source, target }], { words, before });
    return true;
  }

  /** Ask for links, and show what became of the rows; the focus stays with the paragraph. */
  async #correct(cell, links, corrected) {
    this.busy = true;
    this.listener.begin();
    this.listener.say(`${cell.place}: aligning…`);
    try {
      const open = await this.saver.settle();
      // A conflict that has come up by this is a dialog only in the next turn of the loop.
      await new Promise((resolve) => setTimeout(resolve));
      if (open) return this.#say(open, "its text is not saved yet, so no link was changed");
      if (document.querySelector("dialog[open]")) return;
      const head = document.querySelectorAll("[data-alignment]")[cell.column];
      const answer = await postCorrections(head.dataset.alignment, links);
      if (answer.kind === "done") await this.#renew(cell, links[0], corrected);
      else this.#refuse(cell, `not changed: ${answer.detail}`, answer.outdated ?? false);
    } finally {
      this.busy = false;
    }
  }

  async #renew(cell, { source, target }, { words, before }) {
    const fresh = await fetchPage();
    if (!fresh) return this.#refuse(cell, "changed, but the new rows cannot be loaded", true);
    const top = cell.element.getBoundingClientRect().top;
    showRows(this.grid, fresh);
    this.marked = null;
    const wanted = source[0] ?? target[0];
    const holds = ({ link }) => link && [...link.source, ...link.target].includes(wanted);
    const now = this.grid.columns[cell.column]?.find(holds);
    this.listener.renewed();
    if (!now) return this.listener.say(words);
    if (before) now.corrected = { words: `${words}.`, before };
    now.draw();
    now.element.focus({ preventScroll: true });
    scrollBy({ top: now.element.getBoundingClientRect().top - top, behavior: "instant" });
    reveal(now.element);
    this.#say(now, words.toLowerCase());
  }

  #refuse(cell, words, outdated) {
    cell.outdated = outdated;
    cell.say("refused", words);
    cell.draw();
    this.#say(cell, words);
  }

  #say(cell, words) {
    this.listener.say(`${cell.place}: ${words}`);
  }
}

/** The page as the server has it now; a column that was replaced stands in its place. */
async function fetchPage() {
  try {
    const response = await fetch(location.pathname + location.search);
    if (!response.ok) return null;
    return new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return null;
  }
}

function showRows(grid, fresh) {
  const heights = [...grid.main.querySelectorAll(".chunk")].map((chunk) => chunk.offsetHeight);
  document.querySelector(".heads").replaceWith(fresh.querySelector(".heads"));
  grid.main.replaceChildren(...fresh.getElementById("rows").childNodes);
  // What is off the screen is as high as it was, so that nothing jumps.
  grid.main.querySelectorAll(".chunk").forEach((chunk, place) => {
    if (heights[place]) chunk.style.containIntrinsicBlockSize = `auto ${heights[place]}px`;
  });
  grid.read();
}
