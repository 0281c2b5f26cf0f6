// Keeps the page, without anybody's texts, and its files: the chat opens without a connection, and writes can wait.
// KEEPS stands before this. No answer with somebody's words in it is ever kept here.
const CACHE = `milepost-chat ${KEEPS.files.join(" ")}`;

const keep = async () => {
  const cache = await caches.open(CACHE);
  await cache.addAll(KEEPS.files);
  await cache.add(new Request(KEEPS.shell, { credentials: "same-origin", cache: "reload" }));
};

const tidy = async () => {
  for (const name of await caches.keys()) if (name.startsWith("milepost-chat ") && name !== CACHE) await caches.delete(name);
  await self.clients.claim();
};

const page = async (request) => {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(KEEPS.shell)) ?? Response.error();
  }
};

const file = async (request) => (await caches.match(request)) ?? fetch(request);

self.addEventListener("install", (event) => { self.skipWaiting(); event.waitUntil(keep()); });
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname === "/chat") event.respondWith(page(request));
  else if (pathname.startsWith("/static/")) event.respondWith(file(request));
});
