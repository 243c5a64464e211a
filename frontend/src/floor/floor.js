/* The tablet of the shop floor. It shows what the server said last with what waits on top, and never waits for a link:
   a tap is written down first. */
import { Idiomorph } from "idiomorph";
import "./floor.css";
import { badgeHash, lookAt, stopLooking } from "./scanning.js";
import * as parts from "./parts.js";
import { add, call, follow, listen, send } from "./queue.js";
import { overlaid } from "./state.js";
import { keep, kept, queued } from "./store.js";

const EVERY_MS = 20_000;
const SHIFT_MS = 16 * 3600_000;
const $ = (id) => document.getElementById(id);
/* `applied` has come in, but what the server said last does not show it yet. */
const view = { known: null, queue: [], applied: [], tasks: [], person: null, tab: "mine", chosen: null, isOffline: !navigator.onLine, error: "", undoable: {} };

const task = () => view.tasks.find(({ id }) => id === view.chosen);
const isMine = (one) => one.operator === view.person?.id || (one.team && one.team === me()?.team) || (!one.operator && !one.team && me()?.work_center === one.work_center.id);
const me = () => view.known?.operators.find(({ id }) => id === view.person?.id);
const place = () => view.known?.device.work_center;
const shown = () => view.tasks.filter((one) => view.tab === "mine" ? isMine(one) : !place() || one.work_center.id === place().id);

/* What stays the same stays the same element: a button that a finger is on is not put away under it, and what was
   typed into a field stays there. */
const isSameField = (old, next) => old.tagName === "INPUT" && old.type === next.type && old.name === next.name;
function put(element, html) {
  if (element.dataset.html === html) return;
  Idiomorph.morph(element, html, { morphStyle: "innerHTML", callbacks: { beforeNodeMorphed: (old, next) => !isSameField(old, next) } });
  element.dataset.html = html;
}

/* Where to go on: what runs, else the first in rank order. */
const first = () => (shown().find(({ state }) => state === "running") ?? shown()[0])?.id ?? null;

function draw() {
  const { known, person } = view;
  const isIn = !!(known && person);
  $("app").dataset.state = isIn ? "in" : "door";
  $("place").textContent = place()?.name ?? known?.device.name ?? "Shop floor";
  $("site").textContent = known?.device.site ?? "";
  $("person").hidden = !isIn;
  drawLink();
  $("tasks").hidden = !isIn;
  if (!isIn) return put($("work"), parts.signIn(known, view));
  $("who").textContent = person.name;
  $("initials").textContent = person.name.split(/\s+/).map((word) => word[0]).slice(0, 2).join("").toUpperCase();
  const mine = view.tasks.filter(isMine).length;
  const here = view.tasks.filter((one) => !place() || one.work_center.id === place().id).length;
  put($("tabs"), [["mine", "Mine", mine], ["here", place()?.name ?? "All here", here]].map(([name, word, count]) => `<button type="button" data-tab="${name}" aria-pressed="${view.tab === name}">${parts.escaped(word)} <span>${count}</span></button>`).join(""));
  put($("list"), parts.list(shown(), view.chosen));
  put($("work"), parts.detail(task(), known.device.zone));
}

function drawLink() {
  const waiting = view.queue.length;
  const since = waiting ? parts.time(view.queue[0].device_at, view.known?.device.zone) : "";
  const conflicts = view.known?.device.conflicts ?? 0;
  const words = view.isOffline ? `Offline. ${waiting} waiting to sync` : waiting ? `${waiting} waiting to sync` : "All sent";
  const under = waiting ? `since ${since}, nothing is lost` : view.isOffline ? "you can go on" : conflicts ? `${conflicts} with the supervisor` : "nothing waits";
  $("link").className = `wait ${view.isOffline || waiting ? "exp" : "fine"}`;
  put($("link"), `${parts.icon(view.isOffline ? "off" : waiting ? "exp" : "ok", "l")}<span><b>${words}</b><span class="s13 bl">${under}</span></span>`);
}

async function recount() {
  view.queue = await queued();
  const shown = view.known?.device.last_sequence ?? 0;
  if (view.applied.some(({ sequence }) => sequence <= shown)) {
    view.applied = view.applied.filter(({ sequence }) => sequence > shown);
    await keep("applied", view.applied);
  }
  view.tasks = overlaid(view.known?.tasks ?? [], view.applied, view.queue.filter(({ sequence }) => sequence > shown));
  if (view.person && !task()) view.chosen = first();
  draw();
}

/* Of two answers on their way the older may come in last; what it lacks has left the queue by then. */
const isOlder = ({ as_of: asOf, device }) => view.known?.device.id === device.id && view.known.as_of > asOf;

async function refresh() {
  try {
    const known = await call("tasks");
    await follow(known.device);
    view.isOffline = false;
    if (isOlder(known)) return;
    view.known = known;
    await keep("known", known);
  } catch (error) {
    if ([401, 403].includes(error.status)) return refused(error);
    view.isOffline = true;
  }
  await recount();
}

function refused(error) {
  $("stopped").hidden = false;
  $("stopped-why").textContent = error.message;
}

const say = (text, tone = "") => { $("said").className = `said ${tone}`; $("said").textContent = text; clearTimeout(say.timer); say.timer = setTimeout(() => { $("said").textContent = ""; }, 8000); };

async function done(kind, payload = {}) {
  const { id } = task();
  const { proof, badge } = view.person;
  const command = await add({ kind, task: id, payload, ...(badge ? { badge } : { proof }) });
  if (kind === "report" || kind === "issue") await remember(id, (list) => [...list, command.uuid].slice(-30));
  if (kind === "undo_last") await remember(id, (list) => list.slice(0, -1));
}

async function remember(id, change) {
  view.undoable = { ...view.undoable, [id]: change(view.undoable[id] ?? []) };
  await keep("undoable", view.undoable);
}

/* Good ones of the last operation go into a lot that is known, or into one that somebody must say. */
const canBeOne = ({ names, lot }) => !names || (names === "lot" && !!lot);

const ACTS = {
  start: () => done("start"),
  resume: () => done("resume"),
  one: () => (canBeOne(task()) ? done("report", { good: "1" }) : ask("good", { amount: "1" })),
  finish: () => done("finish"),
  undo: () => { const last = view.undoable[view.chosen]?.at(-1); return done("undo_last", last ? { of: last } : {}); },
  camera: async () => { const text = await lookAt($("camera")).catch((error) => { say(error.message, "exp"); }); if (text) scanned(text); },
};

function ask(act, preset) {
  $("ask").innerHTML = parts.asking(act, task(), view.known, preset);
  $("ask").showModal();
}

const ANSWERED = {
  good: ({ amount, lot, serials }) => done("report", { good: amount, ...(lot ? { lot } : {}), ...(serials ? { serial_numbers: serials.split(/[\s,]+/).filter(Boolean) } : {}) }),
  scrap: ({ amount, reason }) => done("report", { scrap: amount, reason }),
  rework: ({ amount, reason }) => done("report", { rework: amount, reason }),
  pause: ({ reason }) => done("pause", { reason }),
  help: ({ note }) => done("help", { note }),
  use: ({ item, lot, amount }) => done("issue", { item, lot, quantity: amount }),
};

/* A scanner types quickly and ends with Enter: a badge, a task (`MO-0402/10`), a lot or an item. */
async function scanned(typed) {
  const text = typed.trim();
  if (!text) return;
  if (text.startsWith("mfgb-")) return enter({ badge: text });
  if (!view.person) { view.error = "This is no badge."; return draw(); }
  const [order, number] = text.toUpperCase().split("/");
  const found = view.tasks.find((one) => one.order.toUpperCase() === order && (!number || one.number === undefined || String(one.number) === number));
  if (found) { choose(found.id); return say(`${found.name}, ${found.order}`); }
  if (!task()) return say(`${text} is no task here. Choose a task first.`, "no");
  const lot = view.known.lots.find((one) => one.number.toUpperCase() === text.toUpperCase());
  const sku = (lot?.item ?? text).toUpperCase();
  const part = task().parts.find(({ item, instead }) => [item, ...(instead ?? [])].some((one) => one.toUpperCase() === sku));
  if (lot && !part) return say(`${lot.number} is ${lot.item}, which this task does not use.`, "no");
  if (lot?.held) say(`Lot ${lot.number} is held. It may be refused.`, "exp");
  ask("use", { item: part ? (lot?.item ?? text) : "", lot: lot?.number ?? (part ? "" : text) });
}

async function enter({ badge, code, pin }) {
  view.error = "";
  try {
    const { operator, proof } = await call("sign-in", badge ? { badge } : { code, pin });
    view.person = { ...operator, proof, at: Date.now() };
  } catch (error) {
    // Without a link the badge itself is compared with what is known of the site's badges, and goes along as proof.
    const hash = !error.status && badge && await badgeHash(badge);
    const found = hash && view.known?.operators.find((one) => one.badge && one.badge === hash);
    if (found) view.person = { id: found.id, name: found.name, badge, at: Date.now() };
    else view.error = error.status ? error.message : badge ? "Nobody here has this badge." : "A PIN needs a link. A badge works without.";
  }
  if (view.error && view.person) { say(view.error, "no"); view.error = ""; }
  if (view.person) { await keep("person", view.person); choose(first()); }
  draw();
}

async function leave() {
  view.person = null;
  view.chosen = null;
  // Drawn at once: a badge scanned right after is not typed into a field that goes away.
  draw();
  $("scan")?.focus();
  await keep("person", null);
}

function choose(id) { view.chosen = id; keep("chosen", id); draw(); if (id !== null && document.body.clientWidth < 800) $("work").scrollIntoView(); }

document.addEventListener("click", (event) => {
  const from = event.target.closest("[data-act], [data-task], [data-tab], [data-use], [data-close], #person, #link, #camera-stop");
  if (!from) return;
  const { act, task: id, tab, use } = from.dataset;
  if (id) { event.preventDefault(); choose(Number(id)); }
  else if (tab) { view.tab = tab; draw(); }
  else if (use !== undefined) ask("use", { item: use });
  else if (from.id === "person") leave();
  else if (from.id === "link") { send(); refresh(); }
  else if (from.id === "camera-stop") stopLooking();
  else if (from.dataset.close !== undefined) $("ask").close();
  else if (ACTS[act]) ACTS[act]();
  else if (act) ask(act);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const values = Object.fromEntries(new FormData(form));
  if (form.method === "dialog") { ANSWERED[form.dataset.asked](values); return; }
  event.preventDefault();
  if (form.id === "pin-form") enter(values);
  else { const text = $("scan").value; $("scan").value = ""; scanned(text); }
});

// A scanner types wherever the focus is; its text belongs into the field.
document.addEventListener("keydown", (event) => {
  const isTyped = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && event.key !== " ";
  if (isTyped && !$("ask").open && !event.target.closest("input, textarea")) $("scan")?.focus();
});

listen((name, value) => {
  if (name === "offline") view.isOffline = !value?.status;
  if (name === "online") view.isOffline = false;
  if (name === "refused") refused(value);
  if (name === "applied") { view.applied.push(...value); return keep("applied", view.applied); }
  if (name === "answered") {
    const kept = value.find(({ state }) => state === "conflict");
    if (kept) say(`Kept for the supervisor: ${kept.problem.message}`, "no");
    return refresh();
  }
  recount();
});

addEventListener("offline", () => { view.isOffline = true; draw(); });
addEventListener("online", refresh);
setInterval(() => { if (!document.hidden) refresh(); send(); }, EVERY_MS);
setInterval(() => {
  const one = task();
  if (one && $("clock")) $("clock").textContent = parts.clock(parts.spent(one));
  $("now").textContent = parts.time(new Date(), view.known?.device.zone);
  if (view.person && Date.now() - view.person.at > SHIFT_MS) leave();
}, 1000);

async function begin() {
  const [known, person, chosen, undoable, applied] = await Promise.all(["known", "person", "chosen", "undoable", "applied"].map(kept));
  Object.assign(view, { known: known ?? null, person: person ?? null, chosen: chosen ?? null, undoable: undoable ?? {}, applied: applied ?? [] });
  await recount();
  $("app").dataset.ready = "1";
  await refresh();
  send();
  navigator.serviceWorker?.register("/floor/worker.js", { scope: "/floor/" });
  navigator.storage?.persist?.();
  if (!view.person) $("scan")?.focus();
}

begin();
