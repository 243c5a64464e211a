/* The palette: `<dialog id="palette">` with a form whose page, asked with X-Palette, answers with the list alone.
   Opened by Ctrl+K and "/" (keys.js) or a press on the top bar's search field; arrows choose, Enter opens, Esc closes. */
import { isPlainClick, on } from "./dom.js";

const WAIT_MS = 80;
const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("[role=listbox]");
let wait = 0;
let asking = null;
let shown = null; // the text whose list is shown
let isGoing = false; // Enter came before the list

const options = () => [...list.querySelectorAll("[role=option]")];
const chosen = () => list.querySelector("[aria-selected=true]");

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  if (!option) return input.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option.id);
}

function step(by) {
  const all = options();
  if (all.length) choose(all[(all.indexOf(chosen()) + by + all.length) % all.length]);
}

function open() {
  const option = chosen();
  if (option) option.click();
  else dialog.querySelector("form").requestSubmit();
}

async function ask() {
  const text = input.value.trim();
  asking?.abort();
  const mine = (asking = new AbortController());
  const address = `${input.form.action}?q=${encodeURIComponent(text)}`;
  const answer = await fetch(address, { headers: { "X-Palette": "1" }, signal: mine.signal, credentials: "same-origin" }).catch(() => null);
  if (mine.signal.aborted || !answer?.ok || answer.redirected) return;
  list.innerHTML = await answer.text();
  if (mine.signal.aborted) return;
  shown = text;
  dialog.querySelector("[data-count]").textContent = list.querySelector("[data-said]")?.textContent ?? "";
  list.scrollTop = 0;
  choose(options()[0]);
  if (isGoing) open();
}

/** Opens it; false where the page has none. */
export function openPalette() {
  if (!dialog) return false;
  if (!dialog.open) dialog.showModal();
  isGoing = false;
  input.focus();
  input.select();
  if (shown !== input.value.trim()) ask();
  return true;
}

if (dialog) {
  input.addEventListener("input", () => { isGoing = false; clearTimeout(wait); wait = setTimeout(ask, WAIT_MS); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Enter" && shown === input.value.trim()) open();
    else if (event.key === "Enter") { isGoing = true; clearTimeout(wait); ask(); }
    else if (event.key === "Escape") dialog.close(); // a search field would only empty itself
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") dialog.close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousemove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && option !== chosen()) choose(option);
  });
  list.addEventListener("click", (event) => { if (event.target.closest("a") && isPlainClick(event)) dialog.close(); });
  on("mousedown", ".top .search", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    openPalette();
  });
}
