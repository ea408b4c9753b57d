// The keyboard of queues and items, and where the focus goes after a decision.
// Everything here can also be done with the mouse; every decision is a plain form.
"use strict";

const rows = () => [...document.querySelectorAll("[data-row]")];
const current = () => document.activeElement?.closest("[data-row]") ?? null;
const typing = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;

/** Where keys act: the row that has the focus, or the only one there is. */
const here = () => current() ?? (rows().length === 1 ? rows()[0] : null);

function step(by) {
  const all = rows();
  const at = all.indexOf(current());
  const next = at < 0 ? all[by > 0 ? 0 : all.length - 1] : all[at + by];
  if (!next) return;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function press(selector, root = document) {
  root?.querySelector(selector)?.click();
}

function move(row) {
  const menu = row?.querySelector("details.move");
  if (!menu) return row?.querySelector("select[data-key=m]")?.focus();
  menu.open = true;
  menu.querySelector("button").focus();
}

function toFilters() {
  const filters = document.getElementById("filters");
  if (!filters) return;
  filters.open = true;
  filters.querySelector("select").focus();
}

function veil(row) {
  const veiled = row?.querySelector("details.veil");
  if (veiled) veiled.open = !veiled.open;
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  o: () => press("[data-open]", here()),
  e: () => press("[data-key=e]", here()),
  x: () => press("[data-key=x]", here()),
  m: () => move(here()),
  u: () => press("#toast [data-undo], .decided [data-undo], .recent [data-undo]"),
  b: () => veil(here()),
  n: () => press("[data-fresh]"),
  "/": toFilters,
  "?": () => document.getElementById("help")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const menu = document.activeElement?.closest("details.move[open]");
  if (menu && event.key === "Escape") {
    menu.open = false;
    menu.closest("[data-row]").focus();
    return;
  }
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (menu && /^[1-9]$/.test(event.key)) {
    menu.querySelectorAll("button")[event.key - 1]?.click();
    return;
  }
  const opens = event.key === "Enter" && event.target.matches("article[data-row]");
  const act = opens ? KEYS.o : Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : null;
  if (!act) return;
  event.preventDefault();
  act();
});

// One menu at a time, and none when the focus has gone elsewhere.
document.addEventListener("focusin", (event) => {
  for (const menu of document.querySelectorAll("details.move[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A refusal is told in the toast: the row stays where it is, and says that it is not as it was.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  const decides = detail.requestConfig.verb === "post";
  if (!decides || detail.xhr.status < 400) return;
  const row = detail.target.closest(".row");
  if (detail.xhr.status === 409) row?.classList.add("stale");
  detail.target = document.getElementById("toast");
  detail.swapOverride = "innerHTML";
});

// After a decision the next row has the focus.
let next = null;
document.addEventListener("htmx:beforeRequest", (event) => {
  const row = event.target.closest?.(".row [data-row]");
  if (!row) return;
  const all = rows();
  const at = all.indexOf(row);
  next = all[at + 1] ?? all[at - 1] ?? null;
});
document.addEventListener("htmx:afterSwap", (event) => {
  const decided = event.detail.requestConfig.verb === "post" && event.detail.target.matches?.(".row");
  if (!decided || event.detail.xhr.status >= 400) return;
  (next?.isConnected ? next : document.getElementById("heading"))?.focus();
});

for (const button of document.querySelectorAll("[data-help]")) {
  button.hidden = false;
  button.addEventListener("click", KEYS["?"]);
}
