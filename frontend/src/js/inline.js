/* Edit in place: `<button data-edit="/api/v1/sales-orders/12/" data-field="need_by_on" data-version="3"
   data-value="2026-12-02" data-type="date" data-label="Needed by">2 Dec</button>`.

   Enter saves by PATCH with If-Match, Esc cancels. The toast's Undo patches the old value back. A stale version (412)
   shows both values; a refusal names what is wrong, in place. After saving, the page's regions are fetched again. */
import { csrfToken, element, escaped, on } from "./dom.js";
import { refresh } from "./page.js";
import { toast } from "./toast.js";

const words = () => document.getElementById("toasts")?.dataset ?? {};

async function patch({ url, field, value, version }) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken(), Accept: "application/json" };
  if (version) headers["If-Match"] = `"${version}"`;
  const response = await fetch(url, { method: "PATCH", credentials: "same-origin", headers, body: JSON.stringify({ [field]: value }) });
  const body = await response.json().catch(() => ({}));
  const tag = response.headers.get("ETag")?.match(/"([^"]+)"/)?.[1];
  return { response, body, version: String(body.version ?? body.current_version ?? tag ?? "") };
}

function start(button) {
  const { edit: url, field, version, value: old = "", type = "text", label = field } = button.dataset;
  const input = element(`<input class="in sm ${type === "number" ? "num" : ""}" type="${type === "number" ? "text" : type}" ${type === "number" ? 'inputmode="decimal"' : ""} aria-label="${escaped(label)}">`);
  const box = element(`<span data-editing></span>`);
  input.value = old;
  button.hidden = true;
  button.after(box);
  box.append(input);
  input.focus();
  input.select();

  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); stop(); }
  });
  const stop = () => { box.remove(); button.hidden = false; button.focus({ preventScroll: true }); };
  const save = (value, against) => commit({ url, field, version: against, value, old, label, box, button, input, stop, save });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); if (input.value === old) stop(); else save(input.value, version); }
  });
  input.addEventListener("blur", () => setTimeout(() => { if (box.isConnected && !box.contains(document.activeElement) && input.value === old) stop(); }, 100));
}

async function commit(edit) {
  const { url, field, value, old, label, box, button, input, stop } = edit;
  input.setAttribute("aria-busy", "true");
  const { response, body, version } = await patch({ url, field, value: value === "" ? null : value, version: edit.version });
  input.removeAttribute("aria-busy");
  box.querySelectorAll(".err, .stale").forEach((note) => note.remove());
  if (response.ok) {
    Object.assign(button.dataset, { version, value });
    stop();
    const undo = async () => { await patch({ url, field, value: old === "" ? null : old, version }); refresh(); };
    toast({ text: `${label}: ${value}`, undo });
    refresh();
  } else if (response.status === 412) showBoth(edit, body, version);
  else {
    const about = body.errors?.find((error) => error.field === field) ?? { message: body.detail };
    input.setAttribute("aria-invalid", "true");
    box.append(element(`<span class="err" role="alert">${escaped(about.message ?? response.statusText)}</span>`));
    input.focus();
  }
}

function showBoth({ field, value, box, stop, save }, body, version) {
  const theirs = body.current?.[field] ?? "";
  const note = element(`<div class="stale" role="alert"><b>${words().stale || "Changed meanwhile"}</b>
    <dl><dt>${words().theirs || "Now"}</dt><dd>${escaped(theirs)}</dd><dt>${words().yours || "Yours"}</dt><dd>${escaped(value)}</dd></dl>
    <span class="row"><button type="button" class="btn sm p">${words().keepYours || "Save yours"}</button><button type="button" class="btn sm">${words().keepTheirs || "Keep theirs"}</button></span></div>`);
  const [mine, other] = note.querySelectorAll("button");
  mine.addEventListener("click", () => save(value, version));
  other.addEventListener("click", () => { stop(); refresh(); });
  box.append(note);
  mine.focus();
}

on("click", "[data-edit]", (_event, button) => start(button));
