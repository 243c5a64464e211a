/* Lines of an order form, and suggestions.

   `[data-lines]` holds a Django formset: `[data-line]` rows, a `<template data-line-template>` with `__prefix__`, the
   management form's TOTAL_FORMS, `[data-line-add]` and in each row `[data-line-remove]`. Enter in the last row adds one.
   A removed row that the server knows gets its DELETE box checked; a new one just goes.

   `<input data-suggest="/api/v1/items/?search=" data-suggest-value="sku" data-suggest-text="name">` offers rows of the
   API while typing (arrows, Enter, Esc). Choosing one writes `value`, and fills `[data-fill="unit"]` in the same line
   with the row's field of that name. The field takes the same text typed by hand. */
import { element, escaped, on } from "./dom.js";

// --- lines ------------------------------------------------------------------------------------------------------------

function addLine(holder) {
  const total = holder.querySelector("[name$=TOTAL_FORMS]");
  const html = holder.querySelector("template[data-line-template]").innerHTML.replaceAll("__prefix__", total.value);
  const body = holder.querySelector("[data-line-body]");
  const shell = document.createElement("template");
  shell.innerHTML = html;
  const line = shell.content.firstElementChild;
  body.append(line);
  total.value = Number(total.value) + 1;
  line.querySelector("input:not([type=hidden]), select")?.focus();
}

on("click", "[data-line-add]", (_event, button) => addLine(button.closest("[data-lines]")));
on("click", "[data-line-remove]", (_event, button) => {
  const line = button.closest("[data-line]");
  const next = line.nextElementSibling ?? line.previousElementSibling;
  const known = line.querySelector("[name$=-DELETE]");
  if (known) { known.checked = true; known.value = "on"; line.hidden = true; }
  else {
    // A gap in the numbers is an empty form to Django: its fields must not be required of it.
    line.remove();
  }
  next?.querySelector("input:not([type=hidden])")?.focus();
});
on("keydown", "[data-line] input", (event, input) => {
  if (event.key !== "Enter" || event.defaultPrevented) return;
  event.preventDefault();
  const line = input.closest("[data-line]");
  const all = [...line.querySelectorAll("input:not([type=hidden]):not([type=checkbox]), select")];
  const fields = all.filter((field) => field.checkVisibility());
  const at = fields.indexOf(input);
  if (at < fields.length - 1) fields[at + 1].focus();
  else if (line.nextElementSibling?.matches("[data-line]")) line.nextElementSibling.querySelector("input:not([type=hidden])").focus();
  else addLine(line.closest("[data-lines]"));
});

// --- suggestions --------------------------------------------------------------------------------------------------------

let open = null; // { input, list, rows, at }
let wait = 0;
let asked = 0;

function close() {
  if (!open) return;
  open.list.remove();
  open.input.setAttribute("aria-expanded", "false");
  open.input.removeAttribute("aria-activedescendant");
  open = null;
}

function choose(at) {
  const { input, rows } = open;
  const row = rows[at];
  input.value = row[input.dataset.suggestValue || "sku"];
  const hidden = input.dataset.suggestId && document.getElementById(input.dataset.suggestId);
  if (hidden) hidden.value = row.id;
  for (const slot of input.closest("[data-line], form")?.querySelectorAll("[data-fill]") ?? []) {
    const value = row[slot.dataset.fill] ?? "";
    if ("value" in slot) { if (!slot.value) slot.value = value; } else slot.textContent = value;
  }
  close();
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function highlight(at) {
  open.at = (at + open.rows.length) % open.rows.length;
  [...open.list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === open.at)));
  open.list.children[open.at].scrollIntoView({ block: "nearest" });
  open.input.setAttribute("aria-activedescendant", open.list.children[open.at].id);
}

function show(input, rows) {
  close();
  if (!rows.length) return;
  const { suggestValue = "sku", suggestText = "name" } = input.dataset;
  const list = element(`<div class="suggest" role="listbox" id="suggestions"></div>`);
  rows.forEach((row, index) => list.append(element(
    `<div role="option" id="suggestion-${index}" aria-selected="false"><span class="m">${escaped(row[suggestValue] ?? "")}</span><span class="t2">${escaped(row[suggestText] ?? "")}</span></div>`)));
  const anchor = input.closest(".suggest-at") ?? input.parentElement;
  anchor.classList.add("suggest-at");
  anchor.append(list);
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-controls", "suggestions");
  open = { input, list, rows, at: -1 };
  highlight(0);
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const index = [...list.children].indexOf(event.target.closest("[role=option]"));
    if (index >= 0) choose(index);
  });
}

async function ask(input) {
  const mine = ++asked;
  const query = input.value.trim();
  if (!query) return close();
  const response = await fetch(input.dataset.suggest + encodeURIComponent(query), { credentials: "same-origin", headers: { Accept: "application/json" } }).catch(() => null);
  if (!response?.ok || mine !== asked || document.activeElement !== input) return;
  const body = await response.json();
  show(input, (body.results ?? body).slice(0, 12));
}

on("focusin", "[data-suggest]", (_event, input) => {
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("autocomplete", "off");
  if (!open) input.setAttribute("aria-expanded", "false");
});
on("input", "[data-suggest]", (_event, input) => { clearTimeout(wait); wait = setTimeout(() => ask(input), 140); });
on("focusout", "[data-suggest]", close);
on("keydown", "[data-suggest]", (event) => {
  if (!open) return;
  if (event.key === "ArrowDown") highlight(open.at + 1);
  else if (event.key === "ArrowUp") highlight(open.at - 1);
  else if (event.key === "Enter" || event.key === "Tab") choose(open.at);
  else if (event.key === "Escape") close();
  else return;
  if (event.key !== "Tab") { event.preventDefault(); event.stopPropagation(); }
}, true);
