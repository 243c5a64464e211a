/* The drawer: explains a number beside the page, and pushes it aside.

   `data-drawer="/url"` on a link or button loads that page's #drawer-content; `href` stays the way without scripts.
   Esc, `data-drawer-close` and a second press on the opener close it; focus goes back. The address keeps it as
   `?explain=…`, so that a reload or a colleague sees the same. Forms with `data-post` inside answer in the drawer. */
import { isPlainClick, on } from "./dom.js";
import { apply, fetchPage, morphInto } from "./page.js";

const drawer = document.getElementById("drawer");
let opener = null;
let url = "";

function remember(next) {
  const here = new URL(location.href);
  if (next) here.searchParams.set("explain", next);
  else here.searchParams.delete("explain");
  history.replaceState(history.state, "", here);
}

function mark(from) {
  for (const cell of document.querySelectorAll("td.on")) cell.classList.remove("on");
  opener?.removeAttribute("aria-expanded");
  opener = from;
  opener?.setAttribute("aria-expanded", "true");
  opener?.closest(".grid td")?.classList.add("on");
}

export async function openDrawer(target, from = null) {
  const wanted = new URL(target, location.href);
  if (wanted.origin !== location.origin) return;
  url = wanted.pathname + wanted.search;
  mark(from);
  drawer.setAttribute("aria-busy", "true");
  const { page, response } = await fetchPage(url, "drawer");
  const content = page.getElementById("drawer-content");
  drawer.removeAttribute("aria-busy");
  if (!content) { if (response.ok) location.assign(url); return; }
  fill(content);
  drawer.hidden = false;
  drawer.toggleAttribute("data-quiet", !from); // of the address alone: nobody pressed a key, so the focus shows no frame
  drawer.focus({ preventScroll: true });
  from?.scrollIntoView({ block: "nearest" }); // the panes beside it may stand one below the other now
  remember(url);
}

function fill(content) {
  content.dataset.liveUrl = url;
  drawer.replaceChildren(content);
  window.htmx.process(drawer);
  drawer.dispatchEvent(new CustomEvent("mfg:swapped", { bubbles: true }));
}

export function closeDrawer() {
  if (!drawer || drawer.hidden) return;
  const hadFocus = drawer.contains(document.activeElement);
  drawer.hidden = true;
  drawer.replaceChildren();
  if (hadFocus) (opener?.isConnected ? opener : document.getElementById("content"))?.focus({ preventScroll: true });
  mark(null);
  remember("");
}

if (drawer) {
  on("click", "[data-drawer]", (event, link) => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    if (link === opener && !drawer.hidden) closeDrawer();
    else openDrawer(link.dataset.drawer, drawer.contains(link) ? opener : link);
  });
  on("click", "[data-drawer-close]", (event) => { if (!drawer.hidden) { event.preventDefault(); closeDrawer(); } });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open], details[data-menu][open], [data-lifted]")) closeDrawer();
  });
  document.addEventListener("mfg:drawer-post", async ({ detail: { url: action, data } }) => {
    const { page } = await fetchPage(action, "drawer", { method: "POST", body: data });
    const content = page.getElementById("drawer-content");
    if (content) morphInto(document.getElementById("drawer-content"), content);
    else { apply(page); closeDrawer(); }
  });
  const asked = new URLSearchParams(location.search).get("explain");
  if (asked?.startsWith("/")) openDrawer(asked);
}
