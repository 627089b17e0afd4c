/** Keeps a page up to date while a job works on it, and leaves alone what a person works on. */

const EVERY_MS = 1_000;
const AT_MOST_EVERY_MS = 15_000;
// The server has better things to do than to answer: it is asked for a fifth of the time at most.
const PAUSE_PER_ANSWER = 4;

/**
 * Ask for what has changed, every second, for as long as a job is waiting or running.
 * @param {import("./grid.js").Grid} grid
 * @param {{isEdited: (cell: import("./cell.js").Cell) => boolean, finished: () => void,
 *   outgrown: () => void}} listener
 */
export async function followJobs(grid, listener) {
  let wait = EVERY_MS;
  while (activeColumns().length) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (document.hidden) continue;
    const asked = performance.now();
    const news = await fetchNews(grid);
    const pause = news ? PAUSE_PER_ANSWER * (performance.now() - asked) : 2 * wait;
    wait = Math.min(Math.max(EVERY_MS, pause), AT_MOST_EVERY_MS);
    if (!news) continue;
    if (!sameColumns(news.columns)) return listener.outgrown();
    showHeads(news.columns);
    for (const { id, version, html } of news.cells) {
      const cell = grid.byId.get(id);
      if (cell && version > cell.version && cell.idle && !listener.isEdited(cell)) {
        cell.replace(parse(html).querySelector(".cell"));
      }
    }
    if (news.links !== document.querySelectorAll(".cell").length) return listener.outgrown();
  }
  listener.finished();
}

/** Indexes of the columns that a job works on. */
function activeColumns() {
  const active = '.job:is([data-job="queued"], [data-job="running"])';
  const heads = [...document.querySelectorAll("[data-alignment]")];
  return heads.flatMap((head, column) => (head.querySelector(active) ? [column] : []));
}

async function fetchNews(grid) {
  const query = new URLSearchParams();
  for (const head of document.querySelectorAll("[data-alignment]")) {
    query.append("column", head.dataset.alignment);
  }
  query.set("from", firstWaitingRow(grid));
  try {
    const key = encodeURIComponent(grid.main.dataset.key);
    const response = await fetch(`/review/${key}/cells?${query}`);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/** Jobs work from the top: rows above the first one without a text have nothing new. */
function firstWaitingRow(grid) {
  const cells = activeColumns().flatMap((column) => grid.columns[column] ?? []);
  const waiting = cells.filter((cell) => cell.state === "untranslated");
  return waiting.reduce((first, cell) => Math.min(first, cell.row), Number.MAX_SAFE_INTEGER);
}

/** Whether the page shows these columns: one that was replaced is not among them. */
function sameColumns(columns) {
  const shown = [...document.querySelectorAll("[data-alignment]")];
  const ids = new Set(columns.map((column) => column.alignment_id));
  return shown.length === ids.size && shown.every((head) => ids.has(head.dataset.alignment));
}

function showHeads(columns) {
  for (const { alignment_id: id, html } of columns) {
    document.querySelector(`[data-alignment="${id}"]`).replaceChildren(parse(html));
  }
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}
