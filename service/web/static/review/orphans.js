/** Texts that were typed into rows which have been replaced since. */

import { forget } from "./local.js";

/**
 * Bring entries whose link is gone to the cell of the same paragraph, and show the others.
 * @param {import("./local.js").Entry[]} entries of all links
 * @param {import("./grid.js").Grid} grid its cells before anything is restored
 */
export function rehome(entries, grid) {
  // What is typed in a column that is not shown waits for it.
  const boxes = document.querySelectorAll('.choices input[name="column"]:not([checked])');
  const hidden = new Set([...boxes].map((box) => box.value));
  for (const entry of entries) {
    const { home } = entry;
    if (home?.article !== grid.main.dataset.key) continue;
    if (grid.byId.has(entry.link) || hidden.has(home.alignment)) continue;
    const cell = sameParagraph(home, grid.cells);
    if (cell) {
      entry.link = cell.id;
      entry.base = cell.text === home.under ? cell.version : 0;
    } else if (entry.text !== home.under) show(entry);
    // An approval of a text that is nowhere any more has nothing left to approve.
    else forget(entry);
  }
}

/** The cell of the same edition beside the same source, the nearest where there are several. */
function sameParagraph(home, cells) {
  const same = cells.filter((cell) => {
    const other = cell.home;
    return home.source && other.source === home.source && other.edition === home.edition;
  });
  const distance = (cell) => 10 * Math.abs(cell.row - home.row) + Math.abs(cell.nth - home.nth);
  return same.sort((one, other) => distance(one) - distance(other))[0] ?? null;
}

function show(entry) {
  const section = document.getElementById("homeless");
  const item = document.getElementById("homeless-text").content.firstElementChild.cloneNode(true);
  item.querySelector(".homeless-place").textContent = entry.home.edition;
  const text = item.querySelector(".text");
  text.textContent = entry.text;
  text.lang = entry.home.language;
  item.querySelector("button").addEventListener("click", () => {
    forget(entry);
    item.remove();
    section.hidden = section.querySelector("li") === null;
  });
  section.querySelector("ul").append(item);
  section.hidden = false;
}
