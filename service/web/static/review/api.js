/** Requests to the service, and what came of them in one of four words. */

const TIMEOUT_MS = 20_000;
const TRY_AGAIN_STATUSES = new Set([408, 425, 429]);

/**
 * `current` is the link as it stands now; `detail` is for a person.
 * @typedef {{kind: "done", link: ?Link} | {kind: "stale", current: Link}
 *   | {kind: "refused", detail: string} | {kind: "unreachable", detail: string}} Answer
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
  return send("PUT", `/v1/links/${id}`, changes, { "If-Match": `"${version}"` });
}

/**
 * Keep what was typed and not committed; `null` forgets it.
 * @param {string} id
 * @param {?{text: string, base: number}} copy
 * @returns {Promise<Answer>}
 */
export function putWorkingCopy(id, copy) {
  const path = `/v1/links/${id}/working-copy`;
  if (copy === null) return send("DELETE", path);
  return send("PUT", path, { text: copy.text, base_version: copy.base });
}

/** @returns {Promise<Answer>} */
async function send(method, path, body, headers = {}) {
  const options = { method, headers: { ...headers }, signal: AbortSignal.timeout(TIMEOUT_MS) };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
  }
  // What a closing page sends still arrives, where it is small enough for the browser's limit.
  options.keepalive = document.hidden && (options.body?.length ?? 0) < 16_000;
  let response;
  let content;
  try {
    response = await fetch(path, options);
    content = response.status === 204 ? null : await response.json();
  } catch (error) {
    return { kind: "unreachable", detail: reason(error, response) };
  }
  if (response.ok) return { kind: "done", link: content };
  const detail = content?.detail ?? `the server answered ${response.status}`;
  if (response.status === 412 && content.current) return { kind: "stale", current: content.current };
  if (response.status >= 500 || TRY_AGAIN_STATUSES.has(response.status)) {
    return { kind: "unreachable", detail };
  }
  return { kind: "refused", detail };
}

function reason(error, response) {
  if (error.name === "TimeoutError") return "the server does not answer";
  return response ? "the server's answer cannot be read" : "the server cannot be reached";
}
