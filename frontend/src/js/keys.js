/* Keys: j/k row, Enter open, x select, Shift+X all, Alt+↑/↓ and R rank, g + letter go (`data-go`), c and others
   (`data-key="c"` presses that element), / and Ctrl+K the palette, ? the list. Rows are `[data-row]` in a `[data-keys]` table;
   Enter follows the row's `[data-open]`. Ignored in fields; single keys can be turned off in the list of keys. */
import { isTyping } from "./dom.js";
import { openPalette } from "./palette.js";
import { ask, shift } from "./rank.js";

const OFF = "mfg-keys-off";
let isGoing = 0;

const rows = () => [...document.querySelectorAll("[data-keys] [data-row]")].filter((row) => row.offsetParent);
const current = () => document.activeElement?.closest?.("[data-row]") ?? document.querySelector("[data-row][data-at]");

function goTo(row) {
  if (!row) return;
  document.querySelector("[data-row][data-at]")?.removeAttribute("data-at");
  row.dataset.at = "";
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const at = all.indexOf(current());
  goTo(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
}

const press = (element) => { element?.click(); return !!element; };

const single = {
  j: () => step(1),
  k: () => step(-1),
  x: () => press(current()?.querySelector("[name=selected]")),
  X: () => press(document.querySelector("[data-select-all]")),
  r: () => ask(current()),
  "/": openPalette,
  "?": () => document.getElementById("keys")?.showModal(),
  g: () => { isGoing = Date.now(); },
};

function handle(event) {
  const row = current();
  if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown") && row) return shift(row, event.key === "ArrowUp" ? -1 : 1) ?? true;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return openPalette();
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key === "Enter") return event.target.matches?.("[data-row]") && press(row?.querySelector("[data-open]"));
  if (localStorage.getItem(OFF)) return false;
  if (Date.now() - isGoing < 1500) { isGoing = 0; return press(document.querySelector(`[data-go="${CSS.escape(event.key)}"]`)); }
  const action = single[event.key];
  if (action) return action() ?? true;
  return /^[a-z]$/.test(event.key) && press(document.querySelector(`[data-key="${event.key}"]`));
}

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (isTyping(event.target) && !((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k")) return;
  if (handle(event)) event.preventDefault();
});

const choice = document.querySelector("[data-keys-on]");
if (choice) {
  choice.checked = !localStorage.getItem(OFF);
  choice.addEventListener("change", () => (choice.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
}
