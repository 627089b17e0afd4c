/**
 * Copies of what was typed and decided, in this browser: they outlive a dead server and a closed
 * page. Every page that was ever loaded has entries of its own, so that no tab overwrites another's;
 * those of another reviewer at this browser are not read.
 * Where the browser keeps nothing (full, or forbidden), the server's copy is the only one.
 */

const { reviewer } = document.getElementById("rows").dataset;
const PREFIX = `triptych:${reviewer}:`;
/** This page, loaded once: also a duplicated tab has another. */
const PAGE = [...crypto.getRandomValues(new Uint32Array(3))].map((n) => n.toString(36)).join("");
let asides = 0;

/**
 * `state` is what the text was asked to become, and not yet did; `over` are texts that it takes
 * the place of, wherever they turn up; `home` says where it was typed, should its link be gone.
 * @typedef {{key: string, link: string, text: string, base: number, state: ?string,
 *   over: string[], home: ?object, time: number}} Entry
 */

/** Return what is kept for this reviewer, the newest first. @returns {Entry[]} */
export function readAll() {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
    return keys.map(read).filter(Boolean).sort((one, other) => other.time - one.time);
  } catch {
    return [];
  }
}

/**
 * Keep this page's copy for a link in place of its last one; `null` forgets it.
 * @param {string} link
 * @param {?{text: string, base: number, state: ?string, over: string[], home: object}} copy
 * @returns {boolean} whether it is kept
 */
export function keep(link, copy) {
  return write(`${PREFIX}${link}:${PAGE}`, copy);
}

/** Keep one more copy for a link, and return its entry. @returns {?Entry} */
export function keepAside(link, copy) {
  const key = `${PREFIX}${link}:${PAGE}.${++asides}`;
  return write(key, copy) ? read(key) : null;
}

/** Return the copies of one text for a link, whichever page has kept them. @returns {Entry[]} */
export function copiesOf(link, text) {
  return readAll().filter((entry) => entry.link === link && entry.text === text);
}

/** Forget an entry, unless something else is kept under it by now. @param {Entry} entry */
export function forget(entry) {
  try {
    if (read(entry.key)?.text === entry.text) localStorage.removeItem(entry.key);
  } catch {
    // Nothing is kept, so there is nothing to forget.
  }
}

function write(key, copy) {
  try {
    if (copy === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify({ ...copy, time: Date.now() }));
    return copy !== null;
  } catch {
    return false;
  }
}

/** @returns {?Entry} */
function read(key) {
  try {
    const copy = JSON.parse(localStorage.getItem(key));
    const sound = typeof copy.text === "string" && Number.isInteger(copy.base);
    const link = key.slice(PREFIX.length).split(":")[0];
    return sound ? { state: null, over: [], home: null, ...copy, key, link } : null;
  } catch {
    return null;
  }
}
