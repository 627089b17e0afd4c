/** Which key does what. Keys are told by their place on the keyboard, not by what they print. */

/**
 * Return the name of the action that a key press asks for, or `null`.
 * @param {KeyboardEvent} event
 * @param {{inCell: boolean, inEditor: boolean}} where
 * @returns {?string}
 */
export function actionOf(event, { inCell, inEditor }) {
  // While a word is being composed, Enter and Esc belong to the input method.
  if (event.isComposing) return null;
  const { code, altKey: alt, shiftKey: shift } = event;
  const control = event.ctrlKey || event.metaKey;
  const enter = code === "Enter" || code === "NumpadEnter";
  if (inCell && enter && control && !alt) return shift ? "save" : "approve";
  const typing = Boolean(event.target.closest?.("textarea"));
  if (alt && !control && !shift) {
    // In the field they type letters on a Mac.
    return arrow(code, inCell) ?? (inCell && !typing ? (OF_LINKS[code] ?? null) : null);
  }
  if (control || alt) return null;
  if (inEditor && code === "Escape") return "close";
  if (typing) return null;
  if (inCell && !shift && (enter || code === "F2") && !event.target.closest("button")) return "edit";
  return isQuestion(event) ? "keys" : null;
}

/** With Alt. */
const OF_LINKS = { KeyJ: "join", KeyS: "separate", KeyP: "pair" };

function arrow(code, inCell) {
  if (code === "ArrowDown") return "below";
  if (code === "ArrowUp") return "above";
  // Outside the cells the browser may go back and forth in its history.
  if (code === "ArrowLeft" && inCell) return "left";
  if (code === "ArrowRight" && inCell) return "right";
  return null;
}

/** The question mark stands elsewhere on a Cyrillic or a French keyboard. */
function isQuestion({ key, code, shiftKey }) {
  return key === "?" || (code === "Slash" && shiftKey);
}
