/* The markup of the tablet's screens, from what they show. Everything that came from elsewhere is escaped. */
import { minutesSince } from "./state.js";

export const escaped = (text) => String(text ?? "").replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
export const icon = (name, size = "") => `<svg class="i ${size}" aria-hidden="true"><use href="#i-${name}"/></svg>`;
const number = (text) => Number(text).toLocaleString("en", { maximumFractionDigits: 6 });

const STATES = {
  running: ["acc", "play", "Running"], paused: ["exp", "pause", "Paused"], ready: ["ok", "ok", "Ready"],
  waiting: ["exp", "exp", "Waiting"], done: ["ok", "ok", "Done"],
};
const state = (task) => {
  const [tone, name, word] = task.blocked ? ["blocked", "blocked", "Blocked"] : STATES[task.state] ?? ["t2", "exp", task.state];
  return `<span class="st ${tone}">${icon(name, "s")}${word}</span>`;
};

export const clock = (minutes) => {
  const seconds = Math.floor(minutes * 60);
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
};
export const spent = (task) => Number(task.spent_minutes) + (task.state === "running" ? minutesSince(task.resumed_at) : 0);
export const time = (at, zone) => new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone || undefined });
const due = (at, zone) => new Date(at).toLocaleString("en-GB", { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: zone || undefined });

const beside = (task) => {
  if (task.blocked) return task.blocked;
  if (["running", "paused"].includes(task.state)) return `${number(task.good)} of ${number(task.quantity)}`;
  return task.state === "waiting" ? task.waits_for || "" : task.state === "ready" ? "material here" : "";
};

const row = (task, index, chosen) => `<li><a class="tk${task.id === chosen ? " cur" : ""}" href="#task-${task.id}" data-task="${task.id}"${task.id === chosen ? ' aria-current="true"' : ""}>
<span class="num t3 rk">${index + 1}</span><span class="grow"><span class="row"><b class="grow">${escaped(task.name)}</b>${state(task)}</span>
<span class="t2 bl">${escaped(task.item)} × ${number(task.quantity)}</span>
<span class="row t3 s13"><span class="grow">${escaped(task.order)}${task.waiting ? ` <span class="exp">${task.waiting} waiting</span>` : ""}</span><span>${escaped(beside(task))}</span></span></span></a></li>`;

export const list = (tasks, chosen) => tasks.length
  ? `<ol>${tasks.map((task, index) => row(task, index, chosen)).join("")}</ol>`
  : `<p class="none">Nothing to do here right now.</p>`;

const progress = ({ good, scrap, quantity }) => {
  const share = (part) => Math.min(300, (300 * Number(part)) / Number(quantity || 1));
  const done = share(good);
  return `<svg width="100%" height="12" viewBox="0 0 300 12" preserveAspectRatio="none" role="img" aria-label="${number(good)} good, ${number(scrap)} scrap of ${number(quantity)}"><rect class="f-line" width="300" height="10" rx="2"/><rect class="f-ok" width="${done}" height="10" rx="2"/><rect class="f-no" x="${Math.min(done + 2, 300)}" width="${Math.max(0, Math.min(share(scrap), 298 - done))}" height="10"/></svg>`;
};

const button = (act, name, word, { css = "", off = false } = {}) => `<button type="button" class="bt ${css}" data-act="${act}"${off ? " disabled" : ""}>${icon(name, css.includes("main") ? "l" : "")}${word}</button>`;

function actions(task) {
  const begins = { waiting: ["start", "play", "Start"], ready: ["start", "play", "Start"], paused: ["resume", "play", "Resume"] }[task.state];
  const main = task.state === "done" ? `<span class="bt flat">${icon("ok")}Done</span>` : begins ? button(...begins, { css: "main", off: !!task.blocked }) : button("one", "plus", "1 good", { css: "main" });
  const off = task.state !== "running";
  return `${main}${button("good", "plus", "Good…", { off })}${button("scrap", "trash", "Scrap…", { off })}${button("rework", "make", "Rework…", { off })}${button("undo", "undo", "Undo last", { off: task.state === "waiting" || task.state === "ready" })}`;
}

const use = (one, zone) => `<li class="ln"><span class="grow"><b>${escaped(one.item || one.lot)}</b><span class="t3 bl s13">${one.lot ? `lot ${escaped(one.lot)}, ` : ""}${one.lot ? "scanned" : "used"} ${time(one.at, zone)}</span></span>${one.state === "waiting" ? `<span class="row wt">${icon("off", "s")}waiting</span>` : one.state === "conflict" ? `<span class="row wt no">${icon("no", "s")}with the supervisor</span>` : ""}<span class="num">${number(one.quantity)}</span></li>`;
const part = (one) => `<li class="ln"><span class="grow"><b>${escaped(one.item)}</b><span class="t3 bl s13">${escaped(one.name)}${one.instead?.length ? `, or ${escaped(one.instead.join(", "))}` : ""}</span></span><span class="num">${number(one.used)} of ${number(one.needed)} ${escaped(one.unit)}</span><button type="button" class="bt sm2" data-use="${escaped(one.item)}">Use…</button></li>`;
const material = (task, zone) => `<section><h2>Material used</h2>${task.parts.length || task.uses.length ? `<ul>${task.uses.map((one) => use(one, zone)).join("")}${task.parts.map(part).join("")}</ul>` : '<p class="t3">None at this step.</p>'}</section>`;

const step = (one) => `<li class="ins">${one.attachment_id ? `<img src="/floor/pictures/${one.attachment_id}/" alt="Picture of step ${escaped(one.number)}" loading="lazy">` : ""}<p>${escaped(one.text)}</p></li>`;
const instructions = ({ instructions: steps }) => steps.length ? `<section><h2>Instructions, ${steps.length} ${steps.length === 1 ? "step" : "steps"}</h2><ol>${steps.map(step).join("")}</ol></section>` : "";

export function detail(task, zone) {
  if (!task) return `<h1>Choose a task</h1><p class="t2">Tap one on the left, or scan its traveller.</p>${scan()}`;
  const here = task.state === "waiting" ? `<span class="st exp">${icon("exp", "s")}${escaped(task.waits_for || "Waiting")}</span>` : `<span class="st ok">${icon("ok", "s")}Material here</span>`;
  return `<div class="row top2"><div class="grow"><h1 tabindex="-1" id="task-head">${escaped(task.name)}</h1><div class="t2">${escaped(task.item)} × ${number(task.quantity)} for ${escaped(task.order)}, due ${due(task.due_at, zone)}</div></div>${task.blocked ? state(task) : here}</div>
${task.blocked ? `<p class="note blocked">${icon("blocked")}${escaped(task.blocked)}</p>` : ""}
<div class="hero"><div><div class="k">${STATES[task.state]?.[2] ?? ""}${task.pause_reason && task.state === "paused" ? `, ${escaped(task.pause_reason)}` : ""}</div><div class="tm num" id="clock">${clock(spent(task))}</div><div class="t3 s13">planned ${clock(Number(task.planned_minutes))}</div></div>
<div><div class="k">Good</div><div class="gd num" id="good">${number(task.good)}<span> of ${number(task.quantity)}</span></div>${progress(task)}</div>
<div><div class="k">Scrap</div><div class="gd num" id="scrapped">${number(task.scrap)}</div><div class="t3 s13">${escaped(task.scrap_reason ?? "")}</div></div></div>
${scan()}
<div class="acts">${actions(task)}</div>
<div class="cols">${material(task, zone)}${instructions(task)}</div>
<footer>${button("pause", "pause", "Pause…", { off: task.state !== "running" })}${button("help", "bell", task.help ? "Help is called" : "Call for help", { off: task.help })}<span class="grow"></span>${button("finish", "ok", "Finish task", { css: "fin", off: !["running", "paused"].includes(task.state) })}</footer>`;
}

const scan = () => `<form class="scan" id="scan-form">${icon("scan", "l")}<input id="scan" class="grow" aria-label="Scan a lot, a task or a badge" placeholder="Scan a lot, a task or a badge" autocomplete="off" autocapitalize="off" spellcheck="false" inputmode="none"><span class="tag ok">${icon("ok", "s")}Scanner ready</span><button type="button" class="bt sm2" data-act="camera">Camera</button></form>`;

const field = (name, label, extra) => `<label class="fld"><span>${label}</span><input name="${name}" autocomplete="off" ${extra}></label>`;
const amount = (label, value = "", decimals = 0) => field("amount", label, `inputmode="decimal" required type="number" min="0" step="${decimals ? 10 ** -decimals : 1}" value="${escaped(value)}"`);
const reasons = (names) => names?.length ? `<fieldset class="reasons"><legend>Reason</legend>${names.map((name) => `<label><input type="radio" name="reason" value="${escaped(name)}" required><span>${escaped(name)}</span></label>`).join("")}</fieldset>` : field("reason", "Reason", "required maxlength=200");

/* Where good ones of the last operation go: into a lot, or each has its own number. */
const named = (task) => ({
  lot: field("lot", "Lot", `value="${escaped(task?.lot)}" maxlength=64 required`),
  serial: `<label class="fld"><span>Serial numbers, one a line</span><textarea name="serials" rows="4" required>${escaped(task?.lot)}</textarea></label>`,
})[task?.names] ?? "";

/** What is asked before an act: a title, fields, and the word on the button. */
export function asking(act, task, known, preset = {}) {
  const decimals = task?.decimals ?? 0;
  const forms = {
    good: ["Good ones", amount(`How many, ${task?.unit}`, preset.amount ?? "", decimals) + named(task), "Report"],
    scrap: ["Scrap", amount(`How many, ${task?.unit}`, "1", decimals) + reasons(known.reasons.scrap), "Report scrap"],
    rework: ["Rework", amount(`How many, ${task?.unit}`, "1", decimals) + reasons(known.reasons.rework), "Report rework"],
    pause: ["Pause", reasons(known.reasons.pause), "Pause"],
    help: ["Call for help", field("note", "What is wrong?", "maxlength=300"), "Call"],
    use: ["Use material", field("item", "Item", `value="${escaped(preset.item)}" maxlength=64`) + field("lot", "Lot", `value="${escaped(preset.lot)}" maxlength=64`) + amount("Quantity", preset.quantity ?? "", 3), "Use"],
  };
  const [title, fields, word] = forms[act];
  return `<form method="dialog" data-asked="${act}"><h2 id="ask-title">${title}</h2>${fields}<div class="row end2"><button type="button" class="bt" data-close>Back</button><button class="bt main">${word}</button></div></form>`;
}

export const signIn = (known, { isOffline, error }) => `<div class="door"><h1>Who is working?</h1>${known ? "" : '<p class="t2">The first time, this tablet needs a link.</p>'}
<form class="scan" id="badge-form">${icon("scan", "l")}<input id="scan" class="grow" type="password" aria-label="Scan your badge" placeholder="Scan your badge" autocomplete="off" inputmode="none"><button type="button" class="bt sm2" data-act="camera">Camera</button></form>
${error ? `<p class="note no" role="alert">${icon("no")}${escaped(error)}</p>` : ""}
<form id="pin-form" class="pin"><h2>Or number and PIN</h2>${isOffline ? `<p class="t2">A PIN needs a link. A badge works without.</p>` : `${field("code", "Number", "required maxlength=32")}${field("pin", "PIN", 'required type="password" inputmode="numeric" maxlength=12')}<button class="bt main">Sign in</button>`}</form></div>`;
