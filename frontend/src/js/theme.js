/* Theme and row height: `data-theme-set="light|dark|system"`, `data-density-set="comfortable|compact"`.
   A cookie keeps the choice, and the server writes it on <html>: no flash on the next page. */
import { cookie, on } from "./dom.js";

const root = document.documentElement;

function show(name) {
  for (const button of document.querySelectorAll(`[data-${name}-set]`)) {
    button.setAttribute("aria-pressed", String(button.dataset[`${name}Set`] === root.dataset[name]));
  }
}

for (const name of ["theme", "density"]) {
  show(name);
  on("click", `[data-${name}-set]`, (_event, button) => {
    root.dataset[name] = button.dataset[`${name}Set`];
    cookie(name, root.dataset[name]);
    show(name);
  });
}
