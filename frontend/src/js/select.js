/* Bulk selection: checkboxes `name="selected"` in a `[data-select]` table, `[data-select-all]` in its head, and a
   `[data-bulk]` bar (<c-bulk>). Shift selects a range. "Select all 1,240 matching" sets the hidden field `all`. */
import { on } from "./dom.js";

const boxes = () => [...document.querySelectorAll("[data-select] [name=selected]")];
let last = null;

function update() {
  const all = boxes();
  const chosen = all.filter((box) => box.checked);
  const bar = document.querySelector("[data-bulk]");
  for (const box of all) box.closest("[data-row]")?.setAttribute("aria-selected", String(box.checked));
  const head = document.querySelector("[data-select-all]");
  if (head) {
    head.checked = all.length > 0 && chosen.length === all.length;
    head.indeterminate = chosen.length > 0 && chosen.length < all.length;
  }
  if (!bar) return;
  const field = bar.querySelector("[data-bulk-all-field]");
  const every = bar.querySelector("[data-bulk-all]");
  if (chosen.length < all.length) field.value = "";
  bar.hidden = !chosen.length;
  every.hidden = !!field.value || chosen.length < all.length || Number(bar.dataset.total || 0) <= all.length;
  const count = field.value ? Number(bar.dataset.total) : chosen.length;
  bar.querySelector("[data-bulk-count]").textContent = bar.dataset.words.replace("%s", count.toLocaleString(document.documentElement.lang));
}

on("click", "[data-select] [name=selected]", (event, box) => {
  if (event.shiftKey && last) {
    const all = boxes();
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    all.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
  }
  last = box;
  update();
});
on("change", "[data-select-all]", (_event, head) => { boxes().forEach((box) => { box.checked = head.checked; }); update(); });
on("click", "[data-bulk-all]", (_event, button) => { button.closest("[data-bulk]").querySelector("[data-bulk-all-field]").value = "1"; update(); });
on("click", "[data-bulk-clear]", () => { boxes().forEach((box) => { box.checked = false; }); update(); });
document.addEventListener("mfg:swapped", update);
if (boxes().length) update();
