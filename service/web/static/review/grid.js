/** The cells by column, and the ways from one to another. */

import { Cell } from "./cell.js";
import { readAll } from "./local.js";
import { rehome } from "./orphans.js";

/** What leads to rows: the number of each, and those that another one refers to. */
const LINKS = ".number, .target > .aside a";

export class Grid {
  /** @param {HTMLElement} main what holds all rows */
  constructor(main) {
    this.main = main;
    this.read();
  }

  /** Take the rows as they stand in the page now, and bring back what was typed into them. */
  read() {
    /** @type {Map<string, Cell>} */
    this.byId = new Map();
    /** Cells of each column from top to bottom. @type {Cell[][]} */
    this.columns = [];
    for (const element of this.main.querySelectorAll(".cell[data-link]")) {
      const cell = new Cell(element);
      this.byId.set(cell.id, cell);
      (this.columns[cell.column] ??= []).push(cell);
    }
    /** What the Tab key stops at: one cell, and what in its row leads to rows. @type {HTMLElement[]} */
    this.stops = [];
    for (const link of this.main.querySelectorAll(LINKS)) link.tabIndex = -1;
    if (this.first()) this.stopAt(this.first());
    this.#restore();
  }

  /** Make a cell the one that the Tab key goes to. */
  stopAt(cell) {
    for (const element of this.stops) element.tabIndex = -1;
    this.stops = [...cell.element.closest(".row").querySelectorAll(LINKS), cell.element];
    for (const element of this.stops) element.tabIndex = 0;
  }

  get cells() {
    return [...this.byId.values()];
  }

  /** The cell that an element stands in, if any. */
  at(element) {
    return this.byId.get(element?.closest?.(".cell")?.dataset.link ?? "") ?? null;
  }

  first() {
    return this.columns.find((column) => column?.length)?.[0] ?? null;
  }

  /** The cell `steps` below (above, if negative) in the same column. */
  below(cell, steps) {
    const column = this.columns[cell.column];
    return column[column.indexOf(cell) + steps] ?? null;
  }

  /** The cell `steps` columns to the right, in the same row or the one nearest to it. */
  beside(cell, steps) {
    const column = this.columns[cell.column + steps];
    if (!column) return null;
    return column.reduce((best, other) =>
      Math.abs(other.row - cell.row) < Math.abs(best.row - cell.row) ? other : best,
    );
  }

  /** The next cell of the column, from the top again after the last, with something to approve. */
  nextToApprove(cell) {
    const column = this.columns[cell.column];
    const from = column.indexOf(cell) + 1;
    const rest = [...column.slice(from), ...column.slice(0, from - 1)];
    return rest.find((other) => !isSettled(other) && other.approvable) ?? null;
  }

  /** How many of a column's cells are approved. */
  countApproved(column) {
    return (this.columns[column] ?? []).filter((cell) => cell.approved).length;
  }

  #restore() {
    const entries = readAll();
    rehome(entries, this);
    const byLink = new Map();
    for (const entry of entries) {
      byLink.set(entry.link, [...(byLink.get(entry.link) ?? []), entry]);
    }
    for (const cell of this.cells) cell.restore(byLink.get(cell.id) ?? []);
  }
}

function isSettled(cell) {
  return cell.wanted ? cell.wanted.state === "approved" : cell.approved && !cell.dirty;
}
