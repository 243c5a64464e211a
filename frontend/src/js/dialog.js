/* Dialogs and menus. `data-dialog="#id"` opens a native <dialog>, `data-dialog-close` closes it, so does a press beside it.
   On a link, the link's page is the way without scripts.
   `<details data-menu>` closes on Esc, on a press elsewhere and when another opens; arrows move inside it.
   `data-confirm="…"` is not used: put a <c-confirm> on the page. */
import { isPlainClick, on } from "./dom.js";

on("click", "[data-dialog]", (event, opener) => {
  const dialog = document.querySelector(opener.dataset.dialog);
  if (!dialog || (opener.href && !isPlainClick(event))) return;
  event.preventDefault();
  opener.closest("details[data-menu]")?.removeAttribute("open");
  dialog.showModal();
});
on("click", "[data-dialog-close]", (_event, button) => button.closest("dialog").close());
on("mousedown", "dialog", (event, dialog) => { if (event.target === dialog) dialog.close(); });

const openMenus = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

addEventListener("keydown", (event) => {
  const [menu] = openMenus();
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.preventDefault();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const entries = [...menu.querySelectorAll(".pop :is(a, button, input, select)")];
    const at = entries.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    entries[(at + entries.length) % entries.length]?.focus();
    event.preventDefault();
  }
}, true);
