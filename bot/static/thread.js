// Keeps the newest text of a thread in sight, unless the reader has scrolled back; empties a text box once it is sent.
(() => {
  const NEAR = 80;
  const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
  const toEnd = (box) => { box.scrollTop = box.scrollHeight; };

  const watch = (box) => {
    let follows = true;
    toEnd(box);
    box.addEventListener("scroll", () => { follows = atEnd(box); }, { passive: true });
    const changed = new MutationObserver(() => { if (follows) toEnd(box); });
    changed.observe(box, { childList: true, subtree: true, characterData: true });
  };

  const trouble = (is) => {
    for (const note of document.querySelectorAll("[data-trouble]")) note.hidden = !is;
  };

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-follow]").forEach(watch));
  document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = event.detail;
    const went = ctx.response.raw.ok;
    trouble(!went);
    if (went && ctx.sourceElement.matches("[data-empties]")) ctx.sourceElement.reset();
  });
  document.addEventListener("htmx:error", () => trouble(true));
})();
