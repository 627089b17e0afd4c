/** The one live text field: it stands in the cell that is being edited. */

export class Editor {
  /** @param {import("./saver.js").Saver} saver */
  constructor(saver) {
    this.saver = saver;
    /** @type {?import("./cell.js").Cell} */
    this.cell = null;
    this.root = null;
    this.field = null;
  }

  /**
   * Edit a cell.
   * @param {import("./cell.js").Cell} cell
   * @param {number} caret where to type, counted in UTF-16 units
   */
  open(cell, caret = 0) {
    if (this.cell === cell) return this.field.focus();
    this.close();
    this.cell = cell;
    const text = cell.textElement;
    const height = text.offsetHeight;
    // A new field each time: what was typed into one cell cannot be undone into another.
    const template = document.getElementById("editor").content;
    this.root = template.firstElementChild.cloneNode(true);
    this.field = this.root.querySelector("textarea");
    this.field.lang = text.lang;
    this.field.dir = "auto";
    this.field.setAttribute("aria-label", cell.element.getAttribute("aria-label"));
    this.field.className = text.className;
    this.field.value = cell.shownText;
    text.hidden = true;
    text.after(this.root);
    this.#showReference();
    cell.element.toggleAttribute("data-editing", true);
    // The row keeps its height where the field would be lower than the text it replaces.
    this.field.style.minHeight = `${height}px`;
    this.field.addEventListener("input", () => this.#typed());
    this.field.addEventListener("blur", () => this.#left());
    // A press on a button must not take the focus, and with it the keyboard, from the field.
    this.root.querySelector(".tools").addEventListener("mousedown", (e) => e.preventDefault());
    this.refresh();
    this.field.focus({ preventScroll: true });
    this.field.setSelectionRange(caret, caret);
    reveal(cell.element);
  }

  /** Leave the field; what was typed stays in the cell. */
  close() {
    if (!this.cell) return;
    const cell = this.cell;
    const hadFocus = this.root.contains(document.activeElement);
    this.cell = null;
    this.root.remove();
    cell.element.querySelector(":scope > .reference")?.remove();
    cell.textElement.hidden = false;
    cell.element.removeAttribute("data-editing");
    cell.draw();
    if (hadFocus) cell.element.focus({ preventScroll: true });
    if (cell.dirty || cell.kept) this.saver.flush(cell);
  }

  /** Offer what can be done with the cell as it stands. */
  refresh() {
    if (!this.cell) return;
    const { dirty, state } = this.cell;
    const button = (name) => this.root.querySelector(`[data-do="${name}"]`);
    button("discard").hidden = !dirty;
    button("needs-work").hidden = ["untranslated", "needs_work", "rejected"].includes(state);
    button("draft").hidden = state !== "rejected";
    this.root.querySelector(".of-link").hidden = this.cell.link === null;
  }

  /** Put another text into the field. */
  fill(text) {
    this.field.value = text;
    this.#typed();
  }

  #typed() {
    this.cell.typed = this.field.value;
    this.saver.typed(this.cell);
    this.cell.draw();
    this.refresh();
  }

  #left() {
    if (this.cell?.typedSince) this.saver.flush(this.cell);
  }

  #showReference() {
    const { element, reference, textElement } = this.cell;
    if (reference === null) return;
    const block = document.getElementById("reference").content.firstElementChild.cloneNode(true);
    const text = block.querySelector(".text");
    text.textContent = reference.text;
    block.querySelector(".reference-name").textContent = reference.name;
    text.lang = textElement.lang;
    element.insertBefore(block, textElement);
  }
}

/** Bring an element into view at once: with skipped layout above it a smooth way ends elsewhere. */
export function reveal(element) {
  element.scrollIntoView({ block: "nearest", behavior: "instant" });
}
