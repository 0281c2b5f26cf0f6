// Warns before a log-in ends for want of anything done, and keeps what was typed until one is back (WCAG 2.2.1).
// How much time is left the server says: other tabs count too. Who types is there, whatever the server has seen of it.
(() => {
  const MINUTE = 60_000;
  const WARNS = 5 * MINUTE;
  const STORED = "milepost:";
  const drafts = () => Object.keys(sessionStorage).filter((key) => key.startsWith(STORED));

  // ---- what was typed: in this tab alone, under whose it is and where it was; gone at log-out ----

  const keyOf = (me, box) => `${STORED}${me}:${location.pathname}:${box.name}`;
  const boxes = (where) => [...where.querySelectorAll("form[method=post] textarea[name]")];

  const keepTyped = (me) => {
    for (const key of drafts()) if (!key.startsWith(`${STORED}${me}:`)) sessionStorage.removeItem(key);
    for (const box of boxes(document)) {
      const kept = JSON.parse(sessionStorage.getItem(keyOf(me, box)) ?? "null");
      if (kept?.sent) sessionStorage.removeItem(keyOf(me, box));
      else if (kept && !box.value) {
        box.value = kept.words;
        box.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
    document.addEventListener("input", ({ target }) => {
      if (!target.matches("form[method=post] textarea[name]")) return;
      if (target.value) sessionStorage.setItem(keyOf(me, target), JSON.stringify({ words: target.value }));
      else sessionStorage.removeItem(keyOf(me, target));
    });
    document.addEventListener("submit", ({ target }) => {
      if (target.getAttribute("action") === "/staff/log-out") drafts().forEach((key) => sessionStorage.removeItem(key));
      for (const box of boxes(document).filter((one) => one.form === target && one.value)) {
        sessionStorage.setItem(keyOf(me, box), JSON.stringify({ words: box.value, sent: true }));
      }
    });
  };

  // A form that was sent too late has led to the log-in: it was not taken.
  const keepUnsent = () => {
    for (const key of drafts()) {
      const { words } = JSON.parse(sessionStorage.getItem(key));
      sessionStorage.setItem(key, JSON.stringify({ words }));
    }
  };

  // ---- the time that is left ----

  const watch = (dialog) => {
    const { csrf } = dialog.dataset;
    let ends = Date.now() + Number(dialog.dataset.left) * 1000;
    const inMinutes = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "minute", unitDisplay: "long" });
    let active = false;
    let timer;

    const logIn = () => {
      location.assign(`/staff/log-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    };
    const hear = async (answer) => {
      if (answer.redirected) return logIn();
      const { left, may_stay: mayStay } = await answer.json();
      ends = Date.now() + left * 1000;
      for (const part of dialog.querySelectorAll("[data-if]")) part.hidden = (part.dataset.if === "stay") !== mayStay;
      plan();
    };
    const ask = () => fetch("/staff/session").then(hear, () => plan(MINUTE));
    const stay = () => fetch("/staff/session", { method: "POST", body: new URLSearchParams({ csrf }) }).then(hear, ask);
    const show = () => {
      const minutes = Math.max(1, Math.ceil((ends - Date.now()) / MINUTE));
      const words = inMinutes.format(minutes);
      for (const part of dialog.querySelectorAll("[data-minutes]")) if (part.textContent !== words) part.textContent = words;
      if (!dialog.open) dialog.showModal();
    };
    const plan = (atLeast = 0) => {
      clearTimeout(timer);
      const left = ends - Date.now();
      if (left > WARNS) {
        dialog.close();
        timer = setTimeout(look, Math.max(left - WARNS, atLeast));
      } else {
        show();
        timer = setTimeout(left > 0 ? look : ask, Math.max(Math.min(left, MINUTE), atLeast, 1000));
      }
    };
    const look = () => {
      const wasActive = active && !dialog.open;
      active = false;
      return wasActive ? stay() : ask();
    };

    for (const event of ["keydown", "pointerdown"]) document.addEventListener(event, () => { active = true; });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); stay(); });
    dialog.querySelector("[data-stay]").addEventListener("click", stay);
    dialog.querySelector("[data-later]").addEventListener("click", () => { dialog.close(); });
    plan();
  };

  document.addEventListener("DOMContentLoaded", () => {
    const dialog = document.getElementById("staying");
    if (!dialog) return keepUnsent();
    keepTyped(dialog.dataset.me);
    watch(dialog);
  });
})();
