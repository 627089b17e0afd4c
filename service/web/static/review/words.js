/** Which words two texts do not share. */

// Over this many comparisons the middle is marked as a whole: a dialog must not wait for it.
const MAX_COMPARISONS = 4_000_000;

/**
 * Return both texts as runs; a run is `same` where the other text has its words, too.
 * The runs of each, laid end to end, are the text.
 * @param {string} mine
 * @param {string} theirs
 * @returns {[Run[], Run[]]}
 * @typedef {{text: string, same: boolean}} Run
 */
export function compareWords(mine, theirs) {
  const [left, right] = [split(mine), split(theirs)];
  let start = 0;
  while (start < Math.min(left.length, right.length) && left[start] === right[start]) start++;
  let tail = 0;
  const most = Math.min(left.length, right.length) - start;
  while (tail < most && left.at(-1 - tail) === right.at(-1 - tail)) tail++;

  const [leftKept, rightKept] = kept(
    left.slice(start, left.length - tail),
    right.slice(start, right.length - tail),
  );
  const isKept = (words, middle) => (index) =>
    index < start || index >= words.length - tail || middle.has(index - start);
  return [runs(left, isKept(left, leftKept)), runs(right, isKept(right, rightKept))];
}

/** Words with the spaces that follow them apart, so that a changed space shows, too. */
function split(text) {
  return text.match(/[\p{L}\p{N}\p{M}'’-]+|\s+|[^\s\p{L}\p{N}\p{M}'’-]/gu) ?? [];
}

/** Indexes, in each list, of a longest common subsequence. */
function kept(left, right) {
  const [leftKept, rightKept] = [new Set(), new Set()];
  if (left.length * right.length > MAX_COMPARISONS) return [leftKept, rightKept];
  const width = right.length + 1;
  const longest = new Uint32Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        left[i] === right[j]
          ? longest[(i + 1) * width + j + 1] + 1
          : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    if (left[i] === right[j]) {
      leftKept.add(i++);
      rightKept.add(j++);
    } else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) i++;
    else j++;
  }
  return [leftKept, rightKept];
}

function runs(words, isKept) {
  const made = [];
  words.forEach((word, index) => {
    const same = isKept(index);
    if (made.at(-1)?.same === same) made.at(-1).text += word;
    else made.push({ text: word, same });
  });
  return made;
}
