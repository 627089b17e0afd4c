/** Requests to the service, and what came of them in one of four words. */

const TIMEOUT_MS = 20_000;
const TRY_AGAIN_STATUSES = new Set([408, 425, 429]);
/** What a page may have under way as it closes; browsers let 64 KiB through. */
const KEEPALIVE_BYTES = 60_000;
/** Counted for each request beside its body, so that there are not too many of them. */
const REQUEST_BYTES = 500;

let keepaliveBytes = 0;

/**
 * `current` is what stands there now (a link, or a copy, if any), `tag` its ETag; `detail` is for a
 * person; `outdated` says that the link is gone or cannot be moved from where it is.
 * @typedef {{kind: "done", content: ?Link | {alignment_id: string}, tag: ?string}
 *   | {kind: "stale", current: ?Link | ?{text: string, base_version: number}, tag: ?string}
 *   | {kind: "refused", detail: string, outdated: boolean}
 *   | {kind: "unreachable", detail: string}} Answer
 * @typedef {{version: number, state: string, text: ?string, flags: {note: string}[],
 *   draft: ?{origin: string}}} Link
 */

/**
 * Write a link on top of the version that was seen.
 * @param {string} id
 * @param {number} version
 * @param {{text?: string, state?: string}} changes
 * @returns {Promise<Answer>}
 */
export function putLink(id, version, changes) {
  return send("PUT", `/v1/links/${id}`, changes, `"${version}"`);
}

/**
 * Keep what was typed and not committed in place of the copy that was seen; `null` forgets that.
 * @param {string} id
 * @param {?{text: string, base: number}} copy
 * @param {string} seen the tag of the copy that was seen
 * @returns {Promise<Answer>}
 */
export function putWorkingCopy(id, copy, seen) {
  const path = `/v1/links/${id}/working-copy`;
  if (copy === null) return send("DELETE", path, undefined, `"${seen}"`);
  return send("PUT", path, { text: copy.text, base_version: copy.base }, `"${seen}"`);
}

/**
 * Say which paragraphs belong together; the alignment that takes this one's place is in the answer.
 * @param {string} alignment
 * @param {{source: string[], target: string[]}[]} links
 * @returns {Promise<Answer>}
 */
export function postCorrections(alignment, links) {
  return send("POST", `/v1/alignments/${alignment}/corrections`, { links });
}

/** @returns {Promise<Answer>} */
async function send(method, path, content, ifMatch) {
  const headers = ifMatch ? { "If-Match": ifMatch } : {};
  const options = { method, headers, signal: AbortSignal.timeout(TIMEOUT_MS) };
  if (content !== undefined) {
    options.body = JSON.stringify(content);
    headers["Content-Type"] = "application/json";
  }
  // What is under way when the page closes still arrives, within the browser's limit. As nobody
  // knows beforehand which request will be the last, each asks for it.
  const bytes = REQUEST_BYTES + new Blob([options.body ?? ""]).size;
  options.keepalive = keepaliveBytes + bytes <= KEEPALIVE_BYTES;
  if (options.keepalive) keepaliveBytes += bytes;
  try {
    return await answerTo(path, options);
  } finally {
    if (options.keepalive) keepaliveBytes -= bytes;
  }
}

async function answerTo(path, options) {
  let response;
  let content;
  try {
    response = await fetch(path, options);
    content = response.status === 204 ? null : await response.json();
  } catch (error) {
    return { kind: "unreachable", detail: reason(error, response) };
  }
  const { status } = response;
  const tag = response.headers.get("ETag");
  if (response.ok) return { kind: "done", content, tag };
  const detail = content?.detail ?? `the server answered ${status}`;
  if (status === 412 && content?.current !== undefined) {
    return { kind: "stale", current: content.current, tag };
  }
  if (status >= 500 || TRY_AGAIN_STATUSES.has(status)) return { kind: "unreachable", detail };
  return { kind: "refused", detail, outdated: status === 404 || status === 409 };
}

function reason(error, response) {
  if (error.name === "TimeoutError") return "the server does not answer";
  return response ? "the server's answer cannot be read" : "the server cannot be reached";
}
