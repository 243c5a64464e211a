/* Live figures: one stream for all tabs, ids only; each tab refreshes the regions that show those ids.

   `<body data-stream="/stream/" data-cursor="…">` opens it. One tab, the holder of a web lock, reads the stream and
   tells the others by a BroadcastChannel; when it closes, the next takes over. Without web locks each tab reads its own.

   `data-live="level:ITEM:SITE document:sales_order:12"` on an element inside a region (`data-live-region` with an id)
   says what it shows; `*` stands for any: `level:7:*`, `level:*:3`, `levels:*`, `document:sales_order:*`, `documents:*`.
   The region's page (`data-live-url` on it or above it, else the page's address) is fetched with `X-Live: 1` and the
   region morphed: focus, typed text, scroll and open menus stay; what the server is too busy for or out of reach for is
   asked again, later each time. `#live` shows the state: Live, or since when it is lost. */
import { apply, fetchPage, morphInto } from "./page.js";

const WAIT_MS = 80;
const AGAIN_MS = 500;
const dot = document.getElementById("live");
const address = document.body.dataset.stream;
const channel = "BroadcastChannel" in window ? new BroadcastChannel("mfg-live") : null;
let cursor = document.body.dataset.cursor ?? "";
let source = null;
let retryMs = 2000;
let isLeader = false;
let state = "idle";
let heardAt = new Date();

// --- what changed ---------------------------------------------------------------------------------------------------

const pending = new Set();
let timer = 0;
let isRefreshing = false;
let againMs = AGAIN_MS;

function tokensOf({ levels = [], documents = [] }) {
  const tokens = new Set();
  if (levels.length) tokens.add("levels:*");
  if (documents.length) tokens.add("documents:*");
  for (const [item, site] of levels) for (const key of [`${item}:${site}`, `${item}:*`, `*:${site}`]) tokens.add(`level:${key}`);
  for (const [kind, id] of documents) for (const key of [id, "*"]) tokens.add(`document:${kind}:${key}`);
  return tokens;
}

function regionsShowing(tokens) {
  const regions = new Set();
  for (const shown of document.querySelectorAll("[data-live]")) {
    if (!tokens || shown.dataset.live.split(/\s+/).some((token) => tokens.has(token))) {
      const region = shown.closest("[data-live-region][id]");
      if (region) regions.add(region.id);
    }
  }
  return regions;
}

function changed(message) {
  for (const id of regionsShowing(message && tokensOf(message))) pending.add(id);
  if (pending.size && !timer) timer = setTimeout(refreshPending, WAIT_MS);
}

async function refreshPending() {
  timer = 0;
  if (isRefreshing || document.hidden || document.querySelector("[data-lifted]")) return;
  const byUrl = new Map();
  for (const id of pending) {
    const region = document.getElementById(id);
    if (!region) continue;
    const url = region.closest("[data-live-url]")?.dataset.liveUrl ?? location.href;
    byUrl.set(url, (byUrl.get(url) ?? new Set()).add(id));
  }
  pending.clear();
  isRefreshing = true;
  const pages = [...byUrl];
  const outcomes = await Promise.allSettled(pages.map(refreshRegions));
  isRefreshing = false;
  const failed = pages.filter((_page, place) => outcomes[place].status === "rejected");
  for (const [, ids] of failed) for (const id of ids) pending.add(id);
  againMs = failed.length ? Math.min(againMs * 2, 30000) : AGAIN_MS;
  if (pending.size && !timer) timer = setTimeout(refreshPending, failed.length ? againMs : WAIT_MS);
}

async function refreshRegions([url, ids]) {
  const isDrawer = ids.has("drawer-content");
  const { response, page } = await fetchPage(url, isDrawer ? "drawer" : "live");
  if (response.status >= 500) throw new Error(`${url}: ${response.status}`); // too busy: asked again later
  if (!response.ok) return;
  if (isDrawer) {
    const fresh = page.getElementById("drawer-content");
    const open = document.getElementById("drawer-content");
    if (fresh && open) morphInto(open, fresh);
  } else apply(page, new Set([...ids, "side"]));
}

document.addEventListener("visibilitychange", () => { if (!document.hidden && pending.size) refreshPending(); });
document.addEventListener("mfg:dropped", () => { if (pending.size) refreshPending(); });

// --- the stream -------------------------------------------------------------------------------------------------------

function hear(kind, payload) {
  if (kind === "state") return show(payload);
  heardAt = new Date();
  show("live");
  cursor = payload.id || cursor;
  changed(kind === "change" ? payload.data : null);
}

function tell(kind, payload) {
  hear(kind, payload);
  channel?.postMessage([kind, payload]);
}

function open() {
  source = new EventSource(cursor ? `${address}?after=${encodeURIComponent(cursor)}` : address);
  source.onopen = () => { retryMs = 2000; tell("state", "live"); };
  source.onerror = () => {
    tell("state", "lost");
    if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
    setTimeout(open, retryMs);
    retryMs = Math.min(retryMs * 2, 60000);
  };
  source.addEventListener("change", (event) => tell("change", { id: event.lastEventId, data: JSON.parse(event.data) }));
  source.addEventListener("reset", (event) => tell("reset", { id: event.lastEventId }));
}

function show(next) {
  if (state === "live" && next === "lost") heardAt = new Date();
  state = next;
  if (!dot) return;
  dot.dataset.state = next;
  const words = dot.dataset;
  dot.querySelector("[data-live-word]").textContent =
    next === "live" ? words.wordLive : `${words.wordLost} ${clock(heardAt)}`;
}

// --- the clock beside it ----------------------------------------------------------------------------------------------

function clock(moment) {
  const timeZone = document.body.dataset.zone || undefined;
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(moment);
}

function tick() {
  const time = document.querySelector("[data-clock]");
  if (time) time.textContent = clock(new Date());
  setTimeout(tick, 60000 - (Date.now() % 60000));
}

// --- who reads --------------------------------------------------------------------------------------------------------

function lead() {
  isLeader = true;
  open();
  return new Promise((release) => addEventListener("pagehide", () => { source?.close(); isLeader = false; release(); }, { once: true }));
}

function start() {
  if (navigator.locks && channel) navigator.locks.request("mfg-stream", lead);
  else open();
  channel?.postMessage(["who", null]);
}

if (address) {
  if (channel) channel.onmessage = ({ data: [kind, payload] }) => {
    if (kind !== "who") hear(kind, payload);
    else if (isLeader && source) channel.postMessage(["state", state]);
  };
  start();
  addEventListener("pageshow", (event) => { if (event.persisted) { changed(null); start(); } });
}
if (document.querySelector("[data-clock]")) tick();
