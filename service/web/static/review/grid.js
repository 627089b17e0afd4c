/** The cells by column, and the ways from one to another. */

import { Cell } from "./cell.js";

export class Grid {
  /** @param {HTMLElement} main what holds all rows */
  constructor(main) {
    this.main = main;
    /** @type {Map<string, Cell>} */
    this.byId = new Map();
    /** Cells of each column from top to bottom. @type {Cell[][]} */
    this.columns = [];
    for (const element of main.querySelectorAll(".cell[data-link]")) {
      const cell = new Cell(element);
      this.byId.set(cell.id, cell);
      (this.columns[cell.column] ??= []).push(cell);
    }
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
}

function isSettled(cell) {
  return cell.wanted ? cell.wanted.state === "approved" : cell.approved && !cell.dirty;
}
