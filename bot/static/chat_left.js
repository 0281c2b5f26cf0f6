// Nothing of the chat stays in this browser, whatever the server's own word for that did not reach. Who is at the door,
// and has not left, keeps what waits to be sent, and nothing that can be read.
(() => {
  const atDoor = document.currentScript.dataset.at === "door";
  const wipe = (store) => { for (const key of Object.keys(store)) if (key.startsWith("milepost-chat:") && (!atDoor || key.endsWith(":thread"))) store.removeItem(key); };
  try { wipe(localStorage); wipe(sessionStorage); } catch { /* a browser that keeps nothing */ }
  if (atDoor) return;
  window.caches?.keys().then((names) => names.forEach((name) => name.startsWith("milepost-chat") && caches.delete(name)));
  navigator.serviceWorker?.getRegistrations().then((all) => all.forEach((one) => one.scope.endsWith("/chat") && one.unregister()));
})();
