// Without this every page works. It spares a choice of order, number or language the press of a button, a choice of a
// facet the loading of the whole page, and offers what begins as the words that are typed.
"use strict";
document.documentElement.classList.add("scripted");

// ---- results: the same page is fetched, and what differs put in its place

const INSIDE = ".facets a:not(.more), .chosen a, .pages a, .suggestion a";
let fetching = null;
let shown = location.pathname + location.search;

async function show(url, { keep = true } = {}) {
  fetching?.abort();
  fetching = new AbortController();
  const main = document.getElementById("main");
  main.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { signal: fetching.signal, headers: { accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (keep) history.pushState(null, "", url);
    shown = location.pathname + location.search;
    document.title = page.title;
    for (const part of ["#main", "header", "footer"]) {
      document.querySelector(part).replaceWith(document.adoptNode(page.querySelector(part)));
    }
    document.querySelector('head link[href*="view=rss"]')?.replaceWith(page.querySelector('head link[href*="view=rss"]') ?? "");
    offerSuggestions();
    remember();
    const heading = document.querySelector("#main h1");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true }); // a screen reader tells how many there are now
    if (keep) scrollTo(0, 0);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url); // the browser shows what it is, as without this
  }
}

function isResults(url) {
  return url.origin === location.origin && url.pathname === "/Search/Results" && location.pathname === url.pathname;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(INSIDE);
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (!isResults(new URL(link.href))) return;
  event.preventDefault();
  show(link.href);
});
addEventListener("popstate", () => {
  if (location.pathname + location.search !== shown) show(location.href, { keep: false }); // not for #main alone
});

// ---- lists that take effect when they are changed

let byKey = false; // a list that is gone through by keyboard is not left at its first entry
function choose(select) {
  const url = new URL(select.form.action);
  url.search = new URLSearchParams(new FormData(select.form));
  if (select.form.matches(".order") && isResults(url)) show(url.href);
  else select.form.submit();
}
const LISTS = "form.order select, footer select";
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.(LISTS)) return;
  byKey = event.key !== "Enter";
  if (!byKey) choose(event.target);
});
document.addEventListener("pointerdown", () => { byKey = false; });
document.addEventListener("change", (event) => { if (event.target.matches(LISTS) && !byKey) choose(event.target); });

// ---- what was searched for goes along to the page that tells why a record is found or not

const SEARCHED = "searched";
function remember() {
  const wanted = [...new URLSearchParams(location.search)].filter(([name]) => /^(lookfor|type|filter(\[\d*\])?)$/.test(name));
  try {
    if (location.pathname === "/Search/Results") sessionStorage.setItem(SEARCHED, new URLSearchParams(wanted));
    const searched = sessionStorage.getItem(SEARCHED);
    for (const link of document.querySelectorAll("a[data-search]")) if (searched) link.search += `&${searched}`;
  } catch (error) {
    if (error.name !== "SecurityError") throw error; // a browser that stores nothing
  }
}
remember();

// ---- suggestions (ARIA combobox with a list: the focus stays in the box)

const SHORTEST = 2;
const PAUSE = 200; // milliseconds without a key before anything is asked for

function offerSuggestions() {
  const box = document.getElementById("lookfor");
  const list = document.createElement("ul");
  let waiting = 0, asking = null, active = -1;
  Object.assign(list, { id: "suggestions", hidden: true, className: "suggestions" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.suggestions);
  box.after(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" })) {
    box.setAttribute(name, value);
  }

  function close() {
    clearTimeout(waiting);
    asking?.abort();
    list.hidden = true;
    active = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }
  function mark(number) {
    active = number;
    [...list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
    if (active < 0) return box.removeAttribute("aria-activedescendant");
    box.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  }
  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const wanted = new URLSearchParams({ lookfor: box.value, type: document.getElementById("type").value });
    try {
      const answer = await fetch(`/Search/Suggest?${wanted}`, { signal: asking.signal });
      const found = answer.ok ? await answer.json() : [];
      list.replaceChildren(...found.map(({ text, kind, url }, place) => {
        const option = document.createElement("li");
        const words = document.createElement("bdi"), label = document.createElement("span");
        option.id = `suggestion-${place}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.url = url;
        words.textContent = text;
        label.textContent = ` ${kind}`;
        label.className = "count";
        option.append(words, label);
        return option;
      }));
      list.hidden = !found.length || document.activeElement !== box;
      box.setAttribute("aria-expanded", String(!list.hidden));
      mark(-1);
    } catch (error) {
      if (error.name !== "AbortError") close(); // a suggestion that does not come is missed by nobody
    }
  }

  box.addEventListener("input", () => {
    clearTimeout(waiting);
    if (box.value.trim().length < SHORTEST) return close();
    waiting = setTimeout(ask, PAUSE);
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const last = list.children.length - 1;
    if (event.key === "ArrowDown" && list.hidden && last >= 0 && box.value.trim().length >= SHORTEST) {
      list.hidden = false;
      box.setAttribute("aria-expanded", "true");
    }
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark(active < last ? active + 1 : -1);
    else if (event.key === "ArrowUp") mark(active < 0 ? last : active - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && active >= 0) location.assign(list.children[active].dataset.url);
    else return;
    event.preventDefault();
  });
  box.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.url);
  });
}
offerSuggestions();
