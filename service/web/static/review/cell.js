/** One paragraph of one column: what the server holds, what this person typed, how it looks. */

import { readLocal } from "./local.js";

export class Cell {
  /** @param {HTMLElement} element as the server rendered it */
  constructor(element) {
    this.element = element;
    this.id = element.dataset.link;
    this.row = Number(element.dataset.row);
    this.column = Number(element.closest(".target").dataset.column);
    /** Asked to be committed and not yet answered. @type {?{text: string, state: ?string}} */
    this.wanted = null;
    /** Mine, where theirs was written since: both are shown. @type {?{text, base, state}} */
    this.offer = null;
    /** Mine, given up a moment ago. @type {?string} */
    this.undo = null;
    /** Theirs, to look at while I edit mine. @type {?string} */
    this.reference = null;
    this.busy = false;
    /** Whether the server said no to the last commit, and nothing was typed since. */
    this.refused = false;
    this.failures = 0;
    /** When the first key was pressed that is not saved yet. @type {?number} */
    this.typedSince = null;
    /** Whether this page has put a copy into the browser's storage, or found one there. */
    this.keptHere = false;
    this.timer = 0;
    this.#read();
    this.#restore();
  }

  get place() {
    return this.element.dataset.place;
  }

  /** The language's name. */
  get language() {
    return this.place.split(",")[0];
  }

  get textElement() {
    return this.element.querySelector(":scope > .text");
  }

  /** Whether something was typed that is not what stands there. */
  get dirty() {
    return this.typed !== null && this.typed !== this.text;
  }

  /** The text as this person sees it. */
  get shownText() {
    return this.typed ?? this.text;
  }

  /** Whether there is something to approve: a text, or that there is no counterpart. */
  get approvable() {
    return this.shownText.trim() !== "" || "unmatched" in this.element.dataset;
  }

  get approved() {
    return this.state === "approved" || this.state === "published";
  }

  /** What has to be kept for this person, and on top of which version. */
  get copy() {
    if (this.offer) return { text: this.offer.text, base: this.offer.base };
    return this.dirty ? { text: this.typed, base: this.version } : null;
  }

  /** Whether nothing of this person's would be lost if the cell were rendered anew. */
  get idle() {
    return !this.busy && !this.wanted && this.copy === null && this.kept === null;
  }

  /**
   * Take what the server says the link is.
   * @param {import("./api.js").Link} link
   */
  adopt(link) {
    this.version = link.version;
    this.state = link.state;
    this.text = link.text ?? "";
    this.element.dataset.version = link.version;
    this.element.dataset.state = link.state;
    const badge = document.getElementById(`badge-${link.state}`).content.cloneNode(true);
    this.element.querySelector(".badge").replaceWith(badge);
    const model = this.element.querySelector(".model");
    if (model) model.hidden = link.draft?.origin !== "mt";
    this.#drawFlags(link.flags ?? []);
    this.draw();
  }

  /**
   * Take the server's new rendering of the whole cell.
   * @param {HTMLElement} fresh
   */
  replace(fresh) {
    for (const { name, value } of fresh.attributes) this.element.setAttribute(name, value);
    this.element.replaceChildren(...fresh.childNodes);
    this.#read();
  }

  /** Show the text, and what is left to say about it. */
  draw() {
    if (this.textElement.textContent !== this.shownText) {
      this.textElement.textContent = this.shownText;
    }
    this.element.toggleAttribute("data-dirty", this.dirty);
    this.element.querySelector(".mine").hidden = !this.dirty;
    this.#drawNote("offer", this.offer && "This draft changed after you typed.", "Compare");
    this.#drawNote("undo", this.undo !== null && "Your edit was put away.", "Bring it back");
    this.#label();
  }

  /**
   * Say how the saving stands: `saving`, `saved`, `failed` or `refused`.
   * @param {string} how
   * @param {string} words
   */
  say(how, words) {
    const element = this.element.querySelector(".save");
    element.hidden = false;
    element.dataset.save = how;
    element.textContent = words;
  }

  #read() {
    const { version, state, workingCopy, workingCopyBase } = this.element.dataset;
    this.version = Number(version);
    this.state = state;
    this.text = this.textElement.textContent;
    /** What the field holds or held, `null` before anybody typed. @type {?string} */
    this.typed = null;
    /** The working copy that the server has. @type {?{text: string, base: number}} */
    this.kept =
      workingCopy === undefined ? null : { text: workingCopy, base: Number(workingCopyBase) };
    // Read once: from now on this object knows better.
    delete this.element.dataset.workingCopy;
  }

  /** Bring back what was typed before the page was loaded; this browser's copy is the newest. */
  #restore() {
    const here = readLocal(this.id);
    this.keptHere = here !== null;
    const copy = here ?? this.kept;
    if (copy === null || copy.text === this.text) return;
    if (copy.base === this.version) this.typed = copy.text;
    else this.offer = { ...copy, state: null };
    this.draw();
  }

  #drawFlags(flags) {
    this.element.querySelector(".flags")?.remove();
    if (!flags.length) return;
    const list = document.createElement("ul");
    list.className = "flags";
    list.setAttribute("role", "list");
    list.setAttribute("aria-label", `${flags.length} warning${flags.length > 1 ? "s" : ""}`);
    for (const flag of flags) {
      list.appendChild(document.createElement("li")).textContent = flag.note;
    }
    this.element.append(list);
  }

  #drawNote(name, words, action) {
    const note = this.element.querySelector(`.note[data-note="${name}"]`);
    if (!words) note?.remove();
    if (!words || note) return;
    const paragraph = document.createElement("p");
    paragraph.className = "note";
    paragraph.dataset.note = name;
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.do = name;
    button.textContent = action;
    paragraph.append(words, " ", button);
    this.element.append(paragraph);
  }

  #label() {
    const warnings = this.element.querySelector(".flags")?.getAttribute("aria-label");
    const mine = this.dirty ? "edited, not committed" : "";
    const badge = this.element.querySelector(".badge").textContent;
    const parts = [this.place, badge, warnings, mine, this.offer ? "changed since you typed" : ""];
    this.element.setAttribute("aria-label", parts.filter(Boolean).join(", "));
  }
}
