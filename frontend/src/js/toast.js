/* Toasts: 8 s, Undo, Ctrl+Z.

   The server adds one by Django's messages; extra_tags beginning with "/" is an address that posts the inverse.
   Scripts add one by `toast({ text, undo, kind })`. A pointer or focus on a toast keeps it. */
import { element, escaped, icon, isTyping, on } from "./dom.js";

const SHOWN_MS = 8000;
let lastUndo = null;

const holder = () => document.getElementById("toasts");

/** Shows a toast; `undo` is an address to post to, or a function. */
export function toast({ text, undo = "", kind = "success" }) {
  const words = holder()?.dataset ?? {};
  const mark = { error: "no", warning: "risk" }[kind] ?? "ok";
  const item = element(`<div class="toast" data-toast>${icon(mark)}<span>${escaped(text)}</span>
    ${undo ? `<button type="button" class="btn" data-undo="">${icon("undo")}${words.undoWord || "Undo"}<span class="kbd">Ctrl Z</span></button>` : ""}
    <button type="button" class="btn x" data-toast-close aria-label="${words.dismiss || "Dismiss"}">${icon("x")}</button></div>`);
  if (typeof undo === "function") item.undo = undo;
  else if (undo) item.querySelector("[data-undo]").dataset.undo = undo;
  holder()?.append(item);
  arm(item);
}

/** Takes over the toasts of a fetched page. */
export function showToasts(page) {
  for (const item of page.querySelectorAll("#toasts > [data-toast]")) {
    holder()?.append(item);
    arm(item);
  }
}

function arm(item) {
  while (holder().children.length > 3) holder().firstElementChild.remove();
  const button = item.querySelector("[data-undo]");
  if (button) lastUndo = item.undo ?? button.dataset.undo;
  let timer = setTimeout(() => item.remove(), SHOWN_MS);
  const hold = () => clearTimeout(timer);
  const release = () => { clearTimeout(timer); timer = setTimeout(() => item.remove(), SHOWN_MS / 2); };
  item.addEventListener("pointerenter", hold);
  item.addEventListener("focusin", hold);
  item.addEventListener("pointerleave", release);
  item.addEventListener("focusout", release);
}

function undo(action) {
  lastUndo = null;
  if (typeof action === "function") action();
  else document.dispatchEvent(new CustomEvent("mfg:undo", { detail: action }));
}

on("click", "[data-undo]", (_event, button) => {
  const item = button.closest("[data-toast]");
  item.remove();
  undo(item.undo ?? button.dataset.undo);
});
on("click", "[data-toast-close]", (_event, button) => button.closest("[data-toast]").remove());
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.key.toLowerCase() !== "z") return;
  if (!lastUndo || isTyping(event.target)) return;
  event.preventDefault();
  holder().querySelector("[data-undo]")?.closest("[data-toast]").remove();
  undo(lastUndo);
});
holder()?.querySelectorAll("[data-toast]").forEach(arm);
