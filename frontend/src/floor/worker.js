/* The service worker of /floor/: the page and its files come from the cache, so that it opens without a link. The
   server puts `KEPT` and `VERSION` before this. What was done waits in the page's own queue, not here. */
const NAME = `mfg-floor-${self.VERSION}`;
const PICTURES = "mfg-floor-pictures";

self.addEventListener("install", (event) => {
  const fill = async () => {
    const cache = await caches.open(NAME);
    await cache.addAll(self.KEPT.map((url) => new Request(url, { cache: "reload" })));
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const clean = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("mfg-floor-") && ![NAME, PICTURES].includes(name));
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === "/floor/") event.respondWith(page(request));
  } else if (url.pathname.startsWith("/floor/pictures/")) event.respondWith(picture(request));
  else if (self.KEPT.includes(url.pathname)) event.respondWith(caches.match(request, { ignoreVary: true }).then((found) => found ?? fetch(request)));
});

/* The newest page where the server answers at once, else the one that is kept. */
async function page(request) {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(3000) });
    if (response.ok || response.type === "opaqueredirect") return response;
  } catch { /* no link: below */ }
  return (await caches.match("/floor/", { ignoreVary: true })) ?? Response.error();
}

async function picture(request) {
  const cache = await caches.open(PICTURES);
  const found = await cache.match(request);
  if (found) return found;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}
