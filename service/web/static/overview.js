/** The overview: each picture is one stop of the Tab key, and the arrows go through its ribbons. */

const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

for (const figure of document.querySelectorAll(".picture")) {
  const ribbons = [...figure.querySelectorAll("a.ribbon")];
  const caption = figure.querySelector("figcaption");
  let stop = ribbons[0];
  for (const ribbon of ribbons) ribbon.setAttribute("tabindex", ribbon === stop ? "0" : "-1");

  figure.addEventListener("focusin", ({ target }) => {
    if (!ribbons.includes(target)) return;
    stop.setAttribute("tabindex", "-1");
    stop = target;
    stop.setAttribute("tabindex", "0");
    caption.textContent = stop.querySelector("title").textContent;
  });

  figure.addEventListener("focusout", () => {
    caption.textContent = "";
  });

  figure.addEventListener("keydown", (event) => {
    const place = ribbons.indexOf(event.target);
    if (place < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const ends = { Home: 0, End: ribbons.length - 1 };
    const next = ribbons[ends[event.key] ?? place + (STEPS[event.key] ?? NaN)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}
