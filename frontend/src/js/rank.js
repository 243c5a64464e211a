/* Ranking: drag a row by its handle, Alt+↑/↓ on the row, or "Move to rank…" (R, or a press on the handle).

   `<table data-rank>` with rows `<tr data-row data-id="12" data-name="SO-1053" data-rank-at="6" data-rank-url="/…/rank/">`
   and a `[data-rank-handle]` button in each. Posts `before=ID`, `after=ID` or `rank=N`, and `next=` this page, to the
   row's address; the page that answers brings the change strip, the table and a toast with Undo. Esc drops the drag. */
import { on } from "./dom.js";
import { send } from "./page.js";

const SETTLE_MS = 450; // several Alt+↓ in a row are one move
const EDGE = 48;
const rowsOf = (table) => [...table.tBodies[0].rows].filter((row) => row.dataset.rankUrl);
let drag = null;
let wait = 0;

function neighbor(row) {
  const rows = rowsOf(row.closest("table"));
  const at = rows.indexOf(row);
  return at > 0 ? { after: rows[at - 1].dataset.id } : { before: rows[1]?.dataset.id };
}

async function post(row, where, restore) {
  const response = await send(row.dataset.rankUrl, { ...where, next: location.pathname + location.search });
  if (!response?.ok) restore?.();
  document.getElementById(row.id)?.focus({ preventScroll: true });
}

// --- pointer ----------------------------------------------------------------------------------------------------------

on("pointerdown", "[data-rank-handle]", (event, handle) => {
  if (event.button !== 0) return;
  const row = handle.closest("tr");
  drag = { row, handle, startY: event.clientY, next: row.nextElementSibling, parent: row.parentElement, scroll: row.closest(".scroll") };
  handle.setPointerCapture(event.pointerId);
});

addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (!drag.isMoving && Math.abs(event.clientY - drag.startY) < 4) return;
  lift();
  scrollAtEdge(event.clientY);
  const over = rowsOf(drag.row.closest("table")).find((row) => {
    const box = row.getBoundingClientRect();
    return event.clientY >= box.top && event.clientY < box.bottom;
  });
  if (!over || over === drag.row) return;
  const isBelow = drag.row.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING;
  glide(() => over[isBelow ? "after" : "before"](drag.row));
});

function lift() {
  if (drag.isMoving) return;
  drag.isMoving = true;
  drag.row.classList.add("lifted");
  drag.row.dataset.lifted = "";
}

function scrollAtEdge(y) {
  const box = drag.scroll?.getBoundingClientRect();
  if (!box) return;
  if (y < box.top + EDGE) drag.scroll.scrollBy(0, -12);
  if (y > box.bottom - EDGE) drag.scroll.scrollBy(0, 12);
}

/** Moves rows by `change` and lets them slide to their new places. */
function glide(change) {
  const rows = rowsOf((drag?.row ?? document.querySelector("[data-rank] tr[data-row]")).closest("table"));
  const tops = new Map(rows.map((row) => [row, row.getBoundingClientRect().top]));
  change();
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const [row, top] of tops) {
    const by = top - row.getBoundingClientRect().top;
    if (by && row !== drag?.row) row.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], { duration: 240, easing: "cubic-bezier(.2,0,0,1)" });
  }
}

function drop(isDone) {
  if (!drag) return;
  const { row, next, parent, isMoving, handle } = drag;
  row.classList.remove("lifted");
  delete row.dataset.lifted;
  const restore = () => parent.insertBefore(row, next?.parentElement === parent ? next : null);
  drag = null;
  if (!isMoving) { if (isDone) ask(handle.closest("tr")); return; }
  if (!isDone) restore();
  else if (row.nextElementSibling !== next) post(row, neighbor(row), restore);
  document.dispatchEvent(new CustomEvent("mfg:dropped"));
}

addEventListener("pointerup", () => drop(true));
addEventListener("pointercancel", () => drop(false));
addEventListener("keydown", (event) => { if (event.key === "Escape" && drag) { event.preventDefault(); drop(false); } });

// --- keys and the dialog ------------------------------------------------------------------------------------------------

/** Moves a row one place up (−1) or down (1); the post waits for the last press. */
export function shift(row, by) {
  const sibling = by < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!row.dataset.rankUrl || !sibling?.dataset.rankUrl) return;
  glide(() => sibling[by < 0 ? "before" : "after"](row));
  row.scrollIntoView({ block: "nearest" });
  row.focus({ preventScroll: true });
  clearTimeout(wait);
  wait = setTimeout(() => post(row, neighbor(row)), SETTLE_MS);
}

/** Opens "Move to rank…" for a row. */
export function ask(row) {
  const dialog = document.getElementById("rank-dialog");
  if (!row?.dataset.rankUrl || !dialog) return;
  dialog.querySelector("[data-rank-name]").textContent = row.dataset.name ?? "";
  dialog.querySelector("[name=rank]").value = row.dataset.rankAt ?? "";
  dialog.returnValue = "";
  dialog.onclose = () => { if (dialog.returnValue === "move") post(row, { rank: dialog.querySelector("[name=rank]").value }); };
  dialog.showModal();
  dialog.querySelector("[name=rank]").select();
}

// A handle pressed by keyboard sends a click without a pointer.
on("click", "[data-rank-handle]", (event, handle) => { if (event.detail === 0) ask(handle.closest("tr")); });
