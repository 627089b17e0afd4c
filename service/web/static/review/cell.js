/** One paragraph of one column: what the server holds, what this person typed, how it looks. */

import { placesOf } from "./flags.js";
import { copiesOf, keepAside } from "./local.js";

/**
 * A text of mine that stands against the one in the cell, until I decide. `state` is what it was
 * asked to become; `entries` are this browser's copies of it; `own` says that this page has it
 * from its own field.
 * @typedef {{text: string, base: number, state: ?string, entries: Entry[], own?: boolean}} Offer
 * @typedef {import("./local.js").Entry} Entry
 * @typedef {{source: string[], target: string[]}} Members paragraphs of a link, by id
 * @typedef {{words: string, before: Members[]}} Corrected
 */

export class Cell {
  /** @param {HTMLElement} element as the server rendered it */
  constructor(element) {
    this.element = element;
    this.id = element.dataset.link;
    this.row = Number(element.dataset.row);
    const target = element.closest(".target");
    this.column = Number(target.dataset.column);
    /** Which of the cells of its row and column it is. */
    this.nth = [...target.children].indexOf(element);
    /** Asked to be committed and not yet answered. @type {?{text: string, state: ?string}} */
    this.wanted = null;
    /** @type {Offer[]} */
    this.offers = [];
    /** Mine, given up a moment ago. @type {?string} */
    this.undo = null;
    /** A text to look at while I edit another. @type {?{text: string, name: string}} */
    this.reference = null;
    /** Copies in this browser that what I have typed here takes the place of. @type {Entry[]} */
    this.origins = [];
    /** Copies in this browser to be kept until what I edit beside them is committed. */
    this.asides = [];
    /** Texts sent to be kept of which nobody knows whether they arrived. @type {Set<string>} */
    this.sent = new Set();
    /** A copy that the server said no to. @type {?{copy: ?{text: string, base: number}}} */
    this.refusedCopy = null;
    this.busy = false;
    /** The saving that is under way, or was last. @type {?Promise} */
    this.working = null;
    /** Whether it waits for its counterpart to be shown. */
    this.marked = false;
    /** What was just done to the link, and the links that stood before. @type {?Corrected} */
    this.corrected = null;
    /** Whether anything was typed or decided on this page. */
    this.touched = false;
    /** Whether the server said no to the last commit, and nothing was typed since. */
    this.refused = false;
    /** Whether it said so because the page is behind. */
    this.outdated = false;
    this.failures = 0;
    /** When the first key was pressed that is not saved yet. @type {?number} */
    this.typedSince = null;
    /** Whether this page has put a copy into the browser's storage. */
    this.keptHere = false;
    this.timer = 0;
    this.#read();
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

  /** The paragraphs that it links, where a person may say otherwise. @returns {?Members} */
  get link() {
    const { source, target } = this.element.dataset;
    const ids = (list) => list.split(" ").filter(Boolean);
    return source === undefined ? null : { source: ids(source), target: ids(target) };
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

  /** What the server should keep for this person, and on top of which version. */
  get copy() {
    if (this.dirty) return { text: this.typed, base: this.version };
    const offer = this.offers.find((one) => one.own) ?? this.offers[0];
    return offer ? { text: offer.text, base: offer.base } : null;
  }

  /** Whether the server keeps a text that this person has not decided about: it stays there. */
  get blocked() {
    const { kept, copy } = this;
    if (kept === null || kept.text === copy?.text) return false;
    return this.offers.some((offer) => offer.text === kept.text);
  }

  /** Whether the server keeps what it should. */
  get safe() {
    return sameCopy(this.copy, this.kept);
  }

  /** Whether the server keeps something else than it should, and may be told so. */
  get unkept() {
    if (this.blocked || this.safe) return false;
    return this.refusedCopy === null || !sameCopy(this.copy, this.refusedCopy.copy);
  }

  /** What this browser should keep until the server has it: texts, and pending decisions. */
  get mine() {
    const copy = this.#unsafe();
    if (!copy) return null;
    // A text that waits to be compared is not one that this takes the place of.
    const open = [copy, ...this.offers].map((one) => one.text);
    const over = [this.kept?.text, ...this.sent].filter((text) => text && !open.includes(text));
    const under = copy.base === this.version ? this.text : null;
    return { ...copy, over, home: { ...this.home, under } };
  }

  /** Where the paragraph is, in words that outlive its link. */
  get home() {
    const head = document.querySelectorAll("[data-alignment]")[this.column];
    const source = this.element.closest(".row").querySelectorAll(".source .text");
    return (this.homeRead ??= {
      article: this.element.closest("main").dataset.key,
      alignment: head.dataset.alignment,
      edition: this.element.querySelector(".place").textContent,
      language: this.textElement.lang,
      source: [...source].map((part) => part.textContent).join("\n\n"),
      row: this.row,
      nth: this.nth,
    });
  }

  /** Whether nothing of this person's would be lost if the cell were rendered anew. */
  get idle() {
    return !this.busy && !this.wanted && this.copy === null && this.kept === null;
  }

  /** The tag of the copy that the server was last seen to keep. */
  get tag() {
    return `${this.tagVersion}-${this.kept?.hash ?? "none"}`;
  }

  /**
   * Bring back what was typed before the page was loaded: by the server's copy, and by this
   * browser's. One text goes where it was; any others are offered, and none is written over.
   * @param {Entry[]} entries of this link, the newest first
   */
  restore(entries) {
    const copies = this.#copies(entries);
    const alone = copies.length === 1;
    const here = copies.find((one) => one.base === this.version && (alone || !one.state));
    if (here) {
      this.typed = here.text === this.text ? null : here.text;
      this.origins.push(...here.entries);
      if (here.state) this.wanted = { text: here.text, state: here.state };
    }
    this.offers = copies.filter((one) => one !== here);
    this.draw();
  }

  /**
   * Take what the server says the link is.
   * @param {import("./api.js").Link} link
   */
  adopt(link) {
    this.version = link.version;
    this.tagVersion = link.version;
    this.state = link.state;
    this.text = link.text ?? "";
    this.element.dataset.version = link.version;
    this.element.dataset.state = link.state;
    const badge = document.getElementById(`badge-${link.state}`).content.cloneNode(true);
    this.element.querySelector(".badge").replaceWith(badge);
    const model = this.element.querySelector(".model");
    if (model) model.hidden = link.draft?.origin !== "mt";
    this.#drawFlags(link);
    const settled = this.offers.filter((offer) => this.#isSettled(offer));
    this.offers = this.offers.filter((offer) => !settled.includes(offer));
    this.origins.push(...settled.flatMap((offer) => offer.entries));
    this.draw();
  }

  /** Settle an offer: `keep` it, `take` what stands here instead, or `edit` it beside that. */
  settle(offer, answer) {
    const here = this.dirty ? this.typed : null;
    this.touched = true;
    this.offers = this.offers.filter((other) => other !== offer);
    if (answer === "edit" && here !== null) this.#setAside(here);
    // Also where another tab has kept this very text: it was seen, and decided about.
    this.origins.push(...offer.entries, ...copiesOf(this.id, offer.text));
    this.reference = answer === "edit" ? this.#asReference(here) : null;
    if (answer === "take") this.undo = offer.text;
    else {
      this.undo = answer === "keep" ? here : null;
      this.typed = offer.text;
    }
    this.draw();
  }

  /**
   * Take the server's new rendering of the whole cell.
   * @param {HTMLElement} fresh
   */
  replace(fresh) {
    for (const { name, value } of fresh.attributes) {
      if (name !== "tabindex") this.element.setAttribute(name, value);
    }
    this.element.replaceChildren(...fresh.childNodes);
    this.#read();
    this.restore([]);
  }

  /** Show the text, and what is left to say about it. */
  draw() {
    if (this.textElement.textContent !== this.shownText) {
      this.textElement.textContent = this.shownText;
    }
    this.element.toggleAttribute("data-dirty", this.dirty);
    this.element.querySelector(".mine").hidden = !this.dirty;
    this.#drawNote("offer", this.#offerWords(), "Compare");
    this.#drawNote("undo", this.undo !== null && "Your edit was put away.", "Bring it back");
    this.#drawNote("pair", this.marked && "Marked. Go to its counterpart, and pair it.", "Unmark");
    this.#drawNote("restore", this.corrected?.words, "Undo");
    this.element.toggleAttribute("data-marked", this.marked);
    this.#drawNote("reload", this.outdated && "The page may be out of date.", "Reload the page");
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
    const { version, state, workingCopy, workingCopyBase, workingCopyHash } = this.element.dataset;
    this.version = Number(version);
    /** The link's version when the server was last asked about the copy. */
    this.tagVersion = this.version;
    this.state = state;
    this.text = this.textElement.textContent;
    /** What the field holds or held, `null` before anybody typed. @type {?string} */
    this.typed = null;
    /** The working copy that the server has. @type {?{text: string, base: number, hash: string}} */
    this.kept =
      workingCopy === undefined
        ? null
        : { text: workingCopy, base: Number(workingCopyBase), hash: workingCopyHash };
    // Read once: from now on this object knows better.
    delete this.element.dataset.workingCopy;
  }

  /** The different texts of mine that are kept anywhere, as offers, the newest first. */
  #copies(entries) {
    const copies = [];
    const over = new Set(entries.flatMap((entry) => entry.over));
    const add = (copy) => {
      const same = copies.find((other) => other.text === copy.text);
      if (!same) return copies.push(copy);
      same.entries.push(...copy.entries);
      same.state ??= copy.state;
      same.base = Math.max(same.base, copy.base);
    };
    for (const entry of entries) {
      const { text, base, state } = entry;
      if (this.#isSettled(entry)) this.origins.push(entry);
      else add({ text, base, state, entries: [entry] });
    }
    const { kept } = this;
    if (kept && kept.text !== this.text && !over.has(kept.text)) {
      add({ text: kept.text, base: kept.base, state: null, entries: [] });
    }
    return copies;
  }

  /** Whether what stands in the link is what was typed and asked for. */
  #isSettled({ text, state }) {
    return text === this.text && (!state || state === this.state);
  }

  #unsafe() {
    const { wanted, version } = this;
    if (wanted && wanted.text === this.shownText && !this.#isSettled(wanted)) {
      return { text: wanted.text, base: version, state: wanted.state };
    }
    if (this.dirty) return { text: this.typed, base: version, state: null };
    const own = this.offers.find((offer) => offer.own);
    if (own) return { text: own.text, base: own.base, state: own.state };
    // Until the server has dropped its copy it must not come back as if it were still wanted.
    const leftover = this.kept && !this.blocked && !this.safe;
    return leftover ? { text: this.text, base: version, state: null } : null;
  }

  /** Keep a text in this browser while another is edited beside it. */
  #setAside(text) {
    const copy = { text, base: this.version, state: null, over: [] };
    const entry = keepAside(this.id, { ...copy, home: { ...this.home, under: this.text } });
    if (entry) this.asides.push(entry);
  }

  #asReference(here) {
    if (here === null) return { text: this.text, name: "The text as it stands now" };
    return { text: here, name: "The other text that you typed" };
  }

  #offerWords() {
    if (!this.offers.length) return "";
    if (isStale(this.offers[0], this)) return "This draft changed after you typed.";
    return "You typed another text here, in another tab or browser.";
  }

  #drawFlags(link) {
    const flags = link.flags ?? [];
    this.element.querySelector(".flags")?.remove();
    if (!flags.length) return;
    const list = document.createElement("ul");
    list.className = "flags";
    list.setAttribute("role", "list");
    list.setAttribute("aria-label", `${flags.length} warning${flags.length > 1 ? "s" : ""}`);
    for (const flag of flags) {
      const item = list.appendChild(document.createElement("li"));
      item.dataset.flag = flag.code;
      item.textContent = flag.note;
      for (const words of placesOf(flag, link)) {
        const quote = document.createElement("q");
        quote.textContent = words;
        item.append(" ", quote);
      }
    }
    this.element.append(list);
  }

  #drawNote(name, words, action) {
    const note = this.element.querySelector(`.note[data-note="${name}"]`);
    if (note?.dataset.words === words) return;
    note?.remove();
    if (!words) return;
    const paragraph = document.createElement("p");
    paragraph.className = "note";
    paragraph.dataset.note = name;
    paragraph.dataset.words = words;
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
    const marked = this.marked ? "marked" : "";
    const parts = [this.place, badge, warnings, mine, marked, this.#offerLabel()];
    this.element.setAttribute("aria-label", parts.filter(Boolean).join(", "));
  }

  #offerLabel() {
    if (!this.offers.length) return "";
    return isStale(this.offers[0], this) ? "changed since you typed" : "another text of yours waits";
  }
}

/** Whether an offer was typed on top of another text than the one that stands there now. */
export function isStale(offer, cell) {
  return !cell.dirty && offer.base !== cell.version;
}

function sameCopy(one, other) {
  return one?.text === other?.text && one?.base === other?.base;
}
