// Keys for who would rather not reach for the mouse. "?" lists them; there they can be switched off (WCAG 2.1.4).
(() => {
  const OFF = "milepost-keys-off";
  const PATIENCE = 1500;
  const areOff = () => localStorage.getItem(OFF) !== null;
  const types = (element) => element.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const find = (where, key) => document.querySelector(`${where} [data-key="${CSS.escape(key)}"]`);
  let goes = 0;

  const act = (element) => {
    if (types(element)) element.focus();
    else element.click();
  };

  const press = (key, dialog) => {
    const follows = Date.now() - goes < PATIENCE;
    goes = 0;
    if (follows) return find(".top", key)?.click() ?? false;
    if (key === "g") { goes = Date.now(); return true; }
    if (key === "?") return dialog.showModal();
    const here = find("main", key);
    if (here) return act(here);
    if (key === "/" && find(".top", "c")) return location.assign("/staff/clients#find");
    return false;
  };

  document.addEventListener("DOMContentLoaded", () => {
    const dialog = document.getElementById("keys");
    if (!dialog) return;
    const toggle = dialog.querySelector("[data-keys-on]");
    toggle.checked = !areOff();
    toggle.addEventListener("change", () => {
      if (toggle.checked) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "yes");
    });
    for (const shows of document.querySelectorAll("[data-shows-keys]")) {
      shows.hidden = false;
      shows.addEventListener("click", () => { dialog.showModal(); });
    }
    document.addEventListener("keydown", (event) => {
      if (areOff() || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (types(event.target) || document.querySelector("dialog[open]")) return;
      if (press(event.key, dialog) !== false) event.preventDefault();
    });
    if (location.hash === "#find") find("main", "/")?.focus();
  });
})();
