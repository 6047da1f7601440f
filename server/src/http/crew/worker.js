// Keeps the tablet's shell and program, so that they begin without a network. It keeps nothing that anybody typed and
// nothing that the server says of anybody: /api and share links always go to the server.
const CACHE = `gemba-crew-${BUILD}`;
const SHELL = `${BASE}/crew`;
const OFFLINE = `${BASE}/crew/offline`;
const PATIENCE = 3_000;

self.addEventListener('install', (event) => event.waitUntil((async () => {
  const cache = await caches.open(CACHE);
  await cache.addAll([SHELL, OFFLINE, ...FILES].map((file) => new Request(file, { cache: 'reload' })));
})()));

self.addEventListener('activate', (event) => event.waitUntil((async () => {
  const old = (await caches.keys()).filter((name) => name.startsWith('gemba-crew-') && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
})()));

self.addEventListener('message', (event) => {
  if (event.data === 'take') self.skipWaiting();
});

const kept = async (name) => (await (await caches.open(CACHE)).match(name)) ?? Response.error();

// An office page is the server's or it is not there: never an old one that looks like now.
const office = async (request) => {
  const waits = new AbortController();
  const timer = setTimeout(() => waits.abort(), PATIENCE);
  try {
    return await fetch(request, { signal: waits.signal });
  } catch {
    return kept(OFFLINE);
  } finally {
    clearTimeout(timer);
  }
};

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || !url.pathname.startsWith(BASE)) return;
  const path = url.pathname.slice(BASE.length);
  if (path.startsWith('/api/') || path.startsWith('/s/')) return;
  const isPage = request.mode === 'navigate';
  if (FILES.includes(url.pathname + url.search)) event.respondWith(
    kept(url.pathname + url.search).then((found) => (found.type === 'error' ? fetch(request) : found)),
  );
  else if (isPage && (path === '/crew' || path.startsWith('/crew/'))) event.respondWith(
    kept(SHELL).then((found) => (found.type === 'error' ? fetch(request) : found)),
  );
  else if (isPage) event.respondWith(office(request));
});
