/* Pages and parts of pages: fetch one, and morph the regions it brings into those that are open.

   A region is an element with `data-live-region` and an id. Morphing keeps focus, typed text, scroll, open menus and
   chosen rows. `data-swap` on a link or a GET form, and `data-post` on a POST form, do without a full load:
   the server answers as ever (a page, or a redirect to one); without scripts the same page loads in full. */
import htmx from "htmx.org";
import { csrfToken, isPlainClick, on } from "./dom.js";
import { showToasts, toast } from "./toast.js";

let morph;
// What the reader has done to an element; a fresh copy from the server must not undo it.
const KEPT = new Set(["open", "aria-selected", "data-at", "tabindex", "aria-busy"]);
let inBackground = false; // a live refresh also leaves alone what is being typed

htmx.registerExtension("mfg", {
  init(api) { morph = api.morph; },
  htmx_config_request(_element, { ctx }) { ctx.request.headers["X-CSRFToken"] = csrfToken(); },
  htmx_before_morph_attr(element, { attrName, newValue }) {
    if (KEPT.has(attrName) && newValue === null) return false;
    if (attrName === "hidden" && element.matches("[data-bulk], [data-bulk] *")) return false;
    if (inBackground && attrName === "value" && element.value !== element.defaultValue) return false;
  },
  htmx_before_morph_node(element) {
    if (!inBackground || !element.matches) return;
    if (element.matches("[data-lines], :has(> [data-editing]), :has(> .suggest)")) return false;
    if (element.matches("textarea") && element.value !== element.defaultValue) return false;
  },
});

/** Morphs the children of `target` into those of `source`, and flashes marked cells whose text changed. */
export function morphInto(target, source) {
  const before = new Map([...target.querySelectorAll("[data-flash]")].map((cell) => [cell, cell.textContent.trim()]));
  const fragment = document.createDocumentFragment();
  fragment.append(...source.childNodes);
  morph(target, fragment, true);
  htmx.process(target);
  for (const [cell, text] of before) {
    if (cell.isConnected && cell.textContent.trim() !== text) flash(cell.closest("td") ?? cell);
  }
  target.dispatchEvent(new CustomEvent("mfg:swapped", { bubbles: true }));
}

export function flash(cell) {
  cell.classList.remove("flash");
  void cell.offsetWidth; // starts the animation again
  cell.classList.add("flash");
  setTimeout(() => cell.classList.remove("flash"), 2000);
}

/** Fetches a page without its frame. `kind` is "live" (in the background), "part" or "drawer". */
export async function fetchPage(url, kind, options = {}) {
  const header = { live: "X-Live", part: "X-Part", drawer: "X-Drawer" }[kind];
  const headers = { [header]: "1", Accept: "text/html", ...options.headers };
  if (options.method === "POST") headers["X-CSRFToken"] = csrfToken();
  const response = await fetch(url, { credentials: "same-origin", cache: "no-store", ...options, headers });
  if (response.redirected && new URL(response.url).pathname.startsWith("/login")) location.reload();
  const html = await response.text();
  return { response, page: new DOMParser().parseFromString(html, "text/html") };
}

/** Puts every region of a fetched page in place, with its title and toasts; `only` limits it to some ids. */
export function apply(page, only) {
  let applied = 0;
  inBackground = !!only;
  // Chosen before the first is put in place: that takes the regions inside it out of the fetched page.
  const sources = [...page.querySelectorAll("[data-live-region][id]")].filter((source) =>
    (!only || only.has(source.id)) && !isInside(source, only));
  for (const source of sources) {
    const target = document.getElementById(source.id);
    if (!target) continue;
    morphInto(target, source);
    applied += 1;
  }
  inBackground = false;
  if (!only && page.title) document.title = page.title;
  showToasts(page);
  return applied;
}

// A region inside another that is put in place anyway comes with it.
function isInside(source, only) {
  const outer = source.parentElement.closest("[data-live-region][id]");
  return !!outer && (!only || only.has(outer.id) || isInside(outer, only));
}

/** Goes to a page of the same kind in place: list after filter, sort or next page. */
export async function visit(url, { push = true, options } = {}) {
  const content = document.getElementById("content");
  content?.classList.add("loading");
  content?.setAttribute("aria-busy", "true");
  try {
    const { response, page } = await fetchPage(url, "part", options);
    if (!page.getElementById("content")) { location.assign(response.url); return null; }
    if (push && response.url !== location.href) history.pushState({ mfg: true }, "", response.url);
    apply(page);
    if (push) content?.scrollTo(0, 0);
    return response;
  } catch {
    toast({ text: document.getElementById("toasts")?.dataset.offline || "The server does not answer. Nothing was changed.", kind: "error" });
    return null;
  } finally {
    content?.classList.remove("loading");
    content?.removeAttribute("aria-busy");
  }
}

/** Sends a form's data and shows the page that answers. */
export function send(url, data, { push = false } = {}) {
  const body = data instanceof FormData ? data : new URLSearchParams(data);
  return visit(url, { push, options: { method: "POST", body } });
}

/** Fetches the page's regions again. */
export const refresh = () => visit(location.href, { push: false });

on("click", "a[data-swap]", (event, link) => {
  if (!isPlainClick(event)) return;
  event.preventDefault();
  link.closest("details[data-menu]")?.removeAttribute("open");
  visit(link.href);
});

on("submit", "form[data-swap]", (event, form) => {
  event.preventDefault();
  form.closest("details[data-menu]")?.removeAttribute("open");
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  visit(`${form.action.split("?")[0]}?${query}`);
});

on("submit", "form[data-post]", async (event, form) => {
  event.preventDefault();
  const button = event.submitter;
  button?.setAttribute("aria-busy", "true");
  const inDrawer = form.closest("#drawer");
  const data = new FormData(form, button);
  if (inDrawer) form.dispatchEvent(new CustomEvent("mfg:drawer-post", { bubbles: true, detail: { url: button?.formAction || form.action, data } }));
  else {
    const response = await send(button?.hasAttribute("formaction") ? button.formAction : form.action, data, { push: true });
    if (response?.ok && response.redirected) form.reset();
  }
  button?.removeAttribute("aria-busy");
});

document.addEventListener("mfg:undo", ({ detail }) => send(detail, { next: location.pathname + location.search }));
addEventListener("popstate", () => visit(location.href, { push: false }));
