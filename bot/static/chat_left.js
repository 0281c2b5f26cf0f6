// Nothing of the chat stays in this browser, whatever the server's own word for that did not reach.
(() => {
  const wipe = (store) => { for (const key of Object.keys(store)) if (key.startsWith("milepost-chat:")) store.removeItem(key); };
  try { wipe(localStorage); wipe(sessionStorage); } catch { /* a browser that keeps nothing */ }
  window.caches?.keys().then((names) => names.forEach((name) => name.startsWith("milepost-chat") && caches.delete(name)));
  navigator.serviceWorker?.getRegistrations().then((all) => all.forEach((one) => one.scope.endsWith("/chat") && one.unregister()));
})();
