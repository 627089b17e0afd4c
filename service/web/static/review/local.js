/**
 * Copies of what was typed, in this browser: they outlive a dead server and a closed page.
 * Where the browser keeps nothing (full, or forbidden), the server's copy is the only one.
 */

const key = (id) => `triptych:${id}`;

/**
 * @param {string} id
 * @returns {?{text: string, base: number}}
 */
export function readLocal(id) {
  try {
    const copy = JSON.parse(localStorage.getItem(key(id)));
    return typeof copy?.text === "string" && Number.isInteger(copy.base) ? copy : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} id
 * @param {?{text: string, base: number}} copy `null` forgets it
 */
export function writeLocal(id, copy) {
  try {
    if (copy === null) localStorage.removeItem(key(id));
    else localStorage.setItem(key(id), JSON.stringify(copy));
  } catch {
    // Said above: the server's copy remains.
  }
}
