/* Small things every module needs: delegated events, CSRF, words from the page. */

/** Calls `handler(event, element)` for an event on any present or future element that matches. */
export function on(type, selector, handler, options) {
  document.addEventListener(type, (event) => {
    const element = event.target.closest?.(selector);
    if (element) handler(event, element);
  }, options);
}

/** Runs `attach(element)` now, and again after each swap, for elements that match and were not attached yet. */
export function each(selector, attach) {
  const seen = new WeakSet();
  const run = () => document.querySelectorAll(selector).forEach((element) => {
    if (!seen.has(element)) { seen.add(element); attach(element); }
  });
  run();
  document.addEventListener("mfg:swapped", run);
}

export function csrfToken() {
  const cookie = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/);
  return cookie ? decodeURIComponent(cookie[1]) : document.querySelector("meta[name=csrf-token]")?.content ?? "";
}

export const isTyping = (target) =>
  !!target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], [role=combobox]");

export const isPlainClick = (event) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && !event.defaultPrevented;

export function element(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  return holder.content.firstElementChild;
}

export const icon = (name, size = "") => `<svg class="i ${size}" aria-hidden="true"><use href="#i-${name}"/></svg>`;

export const escaped = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

export const cookie = (name, value) => { document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`; };
