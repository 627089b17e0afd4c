// Where the warnings of a draft point.

/** The words that a flag points at, in the draft or else in the source; as the server's page has them. */
export function placesOf(flag, link) {
  const inDraft = flag.target.length > 0;
  if (!inDraft && link.source.length !== 1) return [];
  // Places count characters, a string of JavaScript half of some.
  const letters = Array.from((inDraft ? link.text : link.source[0].text) ?? "");
  const places = (inDraft ? flag.target : flag.source).slice(0, 3);
  return places.map(({ start, end }) =>
    letters.slice(start, Math.min(end, start + 60)).join("") + (end > start + 60 ? "…" : ""),
  );
}
