// Keeps the page, without anybody's texts, and its files: the chat opens without a connection, and writes can wait.
// KEEPS stands before this. No answer with somebody's words in it is ever kept here.
const CACHE = `milepost-chat ${[KEEPS.shell, ...KEEPS.files].join(" ")}`;
const PATIENCE = 15_000;

const keep = async () => {
  const cache = await caches.open(CACHE);
  await cache.addAll(KEEPS.files);
  await cache.add(new Request(KEEPS.shell, { credentials: "same-origin", cache: "reload" }));
};

const tidy = async () => {
  for (const name of await caches.keys()) if (name.startsWith("milepost-chat ") && name !== CACHE) await caches.delete(name);
  await self.clients.claim();
};

// A connection that says nothing, and a server that is starting, are as good as none.
const page = async (request) => {
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
  const answer = await Promise.race([fetch(request).catch(() => undefined), late]);
  return answer && answer.status < 500 ? answer : (await caches.match(KEEPS.shell)) ?? answer ?? Response.error();
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
